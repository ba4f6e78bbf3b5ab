"""One's own account, and the sessions of one's browsers."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.actions.accounts import SHORTEST_PASSWORD, digest
from app.actions.sessions import sessions_of
from app.core.language import _
from app.core.model import Frozen
from app.db.tables import User
from app.locale import languages


class AccountView(Frozen):
    """One's own account. `languages` are tags with names, the browser's choice before them."""

    language: str
    languages: tuple[tuple[str, str], ...]
    email: str
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


def account_view(person: User) -> AccountView:
    """The account of a person."""
    known = tuple((each.tag, each.title) for each in languages().values())
    return AccountView(
        language=person.language,
        languages=(("", _("as the browser asks")), *known),
        email=person.email,
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
