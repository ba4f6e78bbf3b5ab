"""What lets people and programs in, as the API shows it: nothing here opens anything.

What does is shown once, to whom it was made for (`Fresh…`).
"""

from datetime import datetime

from pydantic import Field

from app.core.model import Frozen
from app.core.roles import Role, Scope
from app.web.views.account import SessionLine
from app.web.views.people import InvitationLine, PersonLine
from app.web.views.tokens import ServiceLine, TokenLine


class TokenView(Frozen):
    """A token, without what it is. `used_at` is exact to some minutes."""

    id: int = Field(examples=[5])
    name: str = Field(examples=["nightly"])
    scopes: tuple[Scope, ...] = Field(examples=[["read", "annotate"]])
    expires_at: datetime
    used_at: datetime | None


class FreshToken(TokenView):
    """A token that was just made. `token` is shown this once."""

    token: str = Field(examples=["calm_…"])


class ServiceView(Frozen):
    """An account for programs; without a role it may do nothing."""

    id: int = Field(examples=[9])
    name: str = Field(examples=["ducks/nightly"])
    role: Role | None


class InvitationView(Frozen):
    """An open invitation. `mail` is the state of its mail, "" for none, `error` why it failed."""

    id: int = Field(examples=[4])
    role: Role
    email: str
    expires_at: datetime
    mail: str = Field(examples=["sent"])
    error: str


class FreshInvitation(InvitationView):
    """An invitation that was just made. `address` lets one person in, once, and is shown this once;
    null where it goes out by mail."""

    address: str | None


class SessionView(Frozen):
    """A browser in which one is logged in."""

    id: int
    browser: str = Field(examples=["Firefox on Linux"])
    network: str
    created_at: datetime
    seen_at: datetime


class PersonView(Frozen):
    """A person's account."""

    id: int = Field(examples=[3])
    name: str = Field(examples=["ana"])
    admin: bool
    active: bool
    has_password: bool
    second_factor: bool


def token_view(line: TokenLine) -> TokenView:
    """A token in a list."""
    return TokenView(**_token(line))


def fresh_token(line: TokenLine, token: str) -> FreshToken:
    """A new token, in clear."""
    return FreshToken(**_token(line), token=token)


def service_view(line: ServiceLine) -> ServiceView:
    """A service account."""
    return ServiceView(id=line.id, name=line.name, role=line.role)


def invitation_view(line: InvitationLine) -> InvitationView:
    """An open invitation."""
    return InvitationView(**_invitation(line))


def fresh_invitation(line: InvitationLine, address: str | None) -> FreshInvitation:
    """A new invitation, with the address that it works by."""
    return FreshInvitation(**_invitation(line), address=address)


def session_view(line: SessionLine) -> SessionView:
    """A session."""
    named = {"id": line.id, "browser": line.browser, "network": line.network}
    return SessionView(**named, created_at=line.since, seen_at=line.seen)


def person_view(line: PersonLine) -> PersonView:
    """An account."""
    return PersonView(**dict(line))


def _token(line: TokenLine) -> dict[str, object]:
    named = {"id": line.id, "name": line.name, "scopes": line.scopes}
    return named | {"expires_at": line.until, "used_at": line.used}


def _invitation(line: InvitationLine) -> dict[str, object]:
    named = line.model_dump(exclude={"until"})
    return named | {"expires_at": line.until}
