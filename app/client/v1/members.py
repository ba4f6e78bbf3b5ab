"""The operations of the API on members. Written by `make openapi`."""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from app.client.base import Operations, Shown
from app.core.model import Frozen


class MemberView(Shown):
    """An account and its role in a project."""

    id: int
    name: str
    role: Literal["viewer", "annotator", "reviewer", "lead"]


class NewRole(Frozen):
    """What a member is in the project."""

    role: Literal["viewer", "annotator", "reviewer", "lead"]


class InvitationView(Shown):
    """An open invitation. `mail` is the state of its mail, "" for none, `error` why it
    failed.
    """

    id: int
    role: Literal["viewer", "annotator", "reviewer", "lead"]
    email: str
    expires_at: datetime
    mail: str
    error: str


class NewInvitation(Frozen):
    """Whom to invite, as what; by mail where there is an address and a server for mail."""

    role: Literal["viewer", "annotator", "reviewer", "lead"]
    email: str = ""


class FreshInvitation(InvitationView):
    """An invitation that was just made. `address` lets one person in, once, and is shown
    this once; null where it goes out by mail.
    """

    address: str | None


class MembersOperations(Operations):
    """What can be asked for."""

    def list_members(self, slug: str, *, limit: int = 50) -> Iterator[MemberView]:
        """The members of a project, service accounts too."""
        return self._list(MemberView, ("projects", slug, "members"), limit=limit)

    def set_role(self, slug: str, user_id: int, body: NewRole) -> MemberView:
        """Give an account a role. For leads."""
        return self._one(MemberView, "PUT", ("projects", slug, "members", user_id), body=body)

    def remove_member(self, slug: str, user_id: int) -> None:
        """Take an account's role away. For leads."""
        self._none("DELETE", ("projects", slug, "members", user_id))

    def list_invitations(self, slug: str, *, limit: int = 50) -> Iterator[InvitationView]:
        """The invitations that are open. For leads."""
        return self._list(InvitationView, ("projects", slug, "invitations"), limit=limit)

    def invite(self, slug: str, body: NewInvitation) -> FreshInvitation:
        """Invite somebody. For leads."""
        return self._one(FreshInvitation, "POST", ("projects", slug, "invitations"), body=body)

    def withdraw_invitation(self, slug: str, invitation_id: int) -> None:
        """Take an invitation back. For leads."""
        self._none("DELETE", ("projects", slug, "invitations", invitation_id))
