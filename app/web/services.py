"""A project's service accounts and their tokens, for leads."""

from typing import Annotated

from fastapi import APIRouter, Form, Response
from sqlalchemy.orm import Session

from app.actions.services import (
    create_service,
    create_service_token,
    remove_service,
    revoke_service_token,
)
from app.core.language import _
from app.core.roles import Role
from app.web.deps import Db, LeadHere, Place, Show, Showing
from app.web.views.tokens import services_view

router = APIRouter(prefix="/p/{slug}/services")


@router.get("")
def services(show: Showing, session: Db, here: LeadHere) -> Response:
    """What programs of the project come in as."""
    return show.page("services", here, view=services_view(session, here.project.id))


@router.post("")
def create(
    show: Showing,
    session: Db,
    here: LeadHere,
    name: Annotated[str, Form()],
    role: Annotated[Role, Form()],
) -> Response:
    """Make an account for programs."""
    made = create_service(session, here.actor, here.project.id, name, role)
    return _changed(show, session, here, _("%(name)s is in.", name=made.name))


@router.post("/{service_id}/tokens")
def create_token(
    show: Showing,
    session: Db,
    here: LeadHere,
    service_id: int,
    name: Annotated[str, Form()],
    days: Annotated[int, Form()],
    scopes: Annotated[tuple[str, ...], Form()] = (),
) -> Response:
    """Make a token, and show it on the page that answers."""
    project_id = here.project.id
    fresh = create_service_token(session, here.actor, project_id, service_id, name, scopes, days)
    session.flush()
    return show.page("services", here, view=services_view(session, project_id, fresh))


@router.post("/{service_id}/tokens/{token_id}/revoke")
def revoke(show: Showing, session: Db, here: LeadHere, service_id: int, token_id: int) -> Response:
    """End a token."""
    revoke_service_token(session, here.actor, here.project.id, service_id, token_id)
    return _changed(show, session, here, _("The token is revoked."))


@router.post("/{service_id}/remove")
def remove(show: Showing, session: Db, here: LeadHere, service_id: int) -> Response:
    """End an account and its tokens."""
    remove_service(session, here.actor, here.project.id, service_id)
    return _changed(show, session, here, _("Removed."))


def _changed(show: Show, session: Session, here: Place, said: str) -> Response:
    session.flush()
    view = services_view(session, here.project.id)
    return show.changed("services", here.url("/services"), here, said, view=view)
