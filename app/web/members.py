"""Members of a project and their roles."""

from typing import Annotated

from fastapi import APIRouter, Form, Response
from sqlalchemy.orm import Session

from app.actions.accounts import set_role
from app.actions.knowledge import set_knowledge
from app.core.language import _
from app.core.roles import Role
from app.web.deps import Db, Here, Place, Show, Showing
from app.web.views.people import MembersView, members_view

router = APIRouter(prefix="/p/{slug}/members")


@router.get("")
def members(show: Showing, session: Db, here: Here) -> Response:
    """Who may do what."""
    return show.page("members", here, view=_view(session, here))


@router.post("")
def change(
    show: Showing,
    session: Db,
    here: Here,
    user_id: Annotated[int, Form()],
    role: Annotated[Role | None, Form()] = None,
) -> Response:
    """Give a person a role, or without one take it away."""
    set_role(session, here.actor, here.project.id, user_id, role)
    session.flush()
    return show.changed(
        "members", here.url("/members"), here, "Changed.", view=_view(session, here)
    )


@router.post("/languages")
def own_languages(
    show: Showing, session: Db, here: Here, languages: Annotated[str, Form()] = ""
) -> Response:
    """Say which languages one knows."""
    person, words = here.actor.id or 0, languages.split(",")
    set_knowledge(session, here.actor, here.project.id, person, "language", words)
    session.flush()
    return show.changed(
        "members", here.url("/members"), here, _("Saved."), view=_view(session, here)
    )


def _changed(show: Show, session: Session, here: Place, said: str) -> Response:
    session.flush()
    return show.changed("members", here.url("/members"), here, said, view=_view(session, here))


def _view(session: Session, here: Place) -> MembersView:
    return members_view(session, here.project.id, here.actor)
