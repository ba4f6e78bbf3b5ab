"""Inviting people to a project, for leads; a new address is shown on the page that answers."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from app.actions.invitations import invite, withdraw_invitation
from app.core.language import _
from app.core.roles import Role
from app.web.deps import Db, LeadHere, Showing
from app.web.views.people import members_view

router = APIRouter(prefix="/p/{slug}/invitations")


@router.post("")
def create(
    show: Showing,
    request: Request,
    session: Db,
    here: LeadHere,
    role: Annotated[Role, Form()],
    email: Annotated[str, Form()] = "",
) -> Response:
    """Invite somebody."""
    token = invite(session, here.actor, here.project.id, role, email)
    if token is None:
        said = _("The invitation goes out by mail.")
        view = members_view(session, here.project.id, here.actor)
        return show.changed("members", here.url("/members"), here, said, view=view)
    address = f"{request.base_url}join?token={token}"
    return show.page(
        "members", here, view=members_view(session, here.project.id, here.actor, address)
    )


@router.post("/{invitation_id}/withdraw")
def withdraw(show: Showing, session: Db, here: LeadHere, invitation_id: int) -> Response:
    """Take an invitation back."""
    withdraw_invitation(session, here.actor, here.project.id, invitation_id)
    view = members_view(session, here.project.id, here.actor)
    return show.changed("members", here.url("/members"), here, _("Withdrawn."), view=view)
