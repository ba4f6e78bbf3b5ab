"""Inviting people to a project, for leads."""

from fastapi import APIRouter, Request, Response
from pydantic import Field

from app.actions.invitations import invite, withdraw_invitation
from app.core.model import Frozen
from app.core.roles import Role
from app.web.api.deps import Id, LeadHere
from app.web.api.etags import shown_once
from app.web.api.paging import Page, Paged
from app.web.api.sent import Sent
from app.web.api.views.access import (
    FreshInvitation,
    InvitationView,
    fresh_invitation,
    invitation_view,
)
from app.web.deps import Db
from app.web.views.people import invitation_lines

router = APIRouter(prefix="/projects/{slug}/invitations", tags=["members"])


class NewInvitation(Frozen):
    """Whom to invite, as what; by mail where there is an address and a server for mail."""

    role: Role
    email: str = Field("", max_length=254, examples=["ana@example.org"])


@router.get("")
def list_invitations(session: Db, here: LeadHere, paging: Paged) -> Page[InvitationView]:
    """The invitations that are open. For leads."""
    lines = invitation_lines(session, here.project.id)
    rows, following = paging.some(lines, lambda line: line.id)
    return Page(items=tuple(map(invitation_view, rows)), next=following)


@router.post("", status_code=201, response_model=FreshInvitation)
def invite_(request: Request, session: Db, here: LeadHere, new: Sent[NewInvitation]) -> Response:
    """Invite somebody. For leads."""
    token = invite(session, here.actor, here.project.id, new.role, new.email)
    session.flush()
    line = invitation_lines(session, here.project.id)[-1]
    address = str(request.url.replace(path="/join", query=f"token={token}")) if token else None
    return shown_once(fresh_invitation(line, address))


@router.delete("/{invitation_id}", status_code=204)
def withdraw_invitation_(session: Db, here: LeadHere, invitation_id: Id) -> None:
    """Take an invitation back. For leads."""
    withdraw_invitation(session, here.actor, here.project.id, invitation_id)
