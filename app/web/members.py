"""Members of a project and their roles."""

from typing import Annotated

from fastapi import APIRouter, Form, Response

from app.actions.accounts import set_role
from app.core.roles import Role
from app.web.deps import Db, Here, Showing
from app.web.views.people import members_view

router = APIRouter(prefix="/p/{slug}/members")


@router.get("")
def members(show: Showing, session: Db, here: Here) -> Response:
    """Who may do what."""
    view = members_view(session, here.project.id, here.actor.may("lead"))
    return show.page("members", here, view=view)


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
    view = members_view(session, here.project.id, may_change=True)
    return show.changed("members", here.url("/members"), here, "Changed.", view=view)
