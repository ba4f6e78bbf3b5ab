"""One's own account, and the sessions of one's browsers."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.actions.accounts import SHORTEST_PASSWORD, digest
from app.actions.identities import identities_of
from app.actions.sessions import sessions_of
from app.core.language import _
from app.core.model import Frozen
from app.db.tables import User
from app.locale import languages
from app.settings import settings


class IdentityLine(Frozen):
    """By what one comes in besides a password."""

    id: int
    issuer: str
    since: datetime


class AccountView(Frozen):
    """One's own account; `provider` is the name of one to connect it with, "" for none.

    `languages` are tags with names, the browser's choice before them.
    """

    language: str
    languages: tuple[tuple[str, str], ...]
    email: str
    identities: tuple[IdentityLine, ...]
    provider: str
    shortest: int = SHORTEST_PASSWORD


class SessionLine(Frozen):
    """A session; `here` is whether it is the one that asks."""

    id: int
    browser: str
    network: str
    since: datetime
    seen: datetime
    here: bool


class SessionsView(Frozen):
    """The sessions, the one that was used last first."""

    sessions: tuple[SessionLine, ...]


def account_view(session: Session, person: User) -> AccountView:
    """The account of a person."""
    known = tuple((each.tag, each.title) for each in languages().values())
    return AccountView(
        language=person.language,
        languages=(("", _("as the browser asks")), *known),
        email=person.email,
        identities=tuple(
            IdentityLine(id=one.id, issuer=one.issuer, since=one.created_at)
            for one in identities_of(session, person.id)
        ),
        provider=settings().oidc_name if settings().oidc else "",
    )


def sessions_view(session: Session, user_id: int, token: str) -> SessionsView:
    """The sessions of a person whose browser holds `token`."""
    return SessionsView(
        sessions=tuple(
            SessionLine(
                id=one.id,
                browser=one.browser,
                network=one.network,
                since=one.created_at,
                seen=one.seen_at or one.created_at,
                here=one.token_hash == digest(token),
            )
            for one in sessions_of(session, user_id)
        )
    )
