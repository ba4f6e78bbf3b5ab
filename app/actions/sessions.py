"""The sessions of a person's browsers: seen, and ended one by one or all but this one.

Promises: nobody sees or ends another person's; an ended session is gone from the database.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

from sqlalchemy import Engine, delete, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.actions.accounts import digest
from app.actions.record import record
from app.core.errors import NotFound
from app.core.language import _
from app.core.roles import Actor
from app.db.session import rows_changed, transaction
from app.db.tables import Login
from app.db.types import now

_EXACTLY = timedelta(minutes=5)
"""How exactly it is known when a session was used: each time would be a write for every page."""


def sessions_of(session: Session, user_id: int) -> Sequence[Login]:
    """A person's open sessions, the one that was used last first."""
    query = select(Login).where(
        Login.user_id == user_id, Login.kind == "session", Login.expires_at > now()
    )
    # What was opened before this was kept has no time of its last use.
    return sorted(
        session.scalars(query), key=lambda one: one.seen_at or one.created_at, reverse=True
    )


def end_session(session: Session, actor: Actor, login_id: int) -> None:
    """End one of one's own sessions. Raises NotFound for any other."""
    mine = delete(Login).where(
        Login.id == login_id, Login.user_id == actor.id, Login.kind == "session"
    )
    if not rows_changed(session, mine):
        raise NotFound(_("There is no such session any more."))
    record(session, actor, "end_session", f"user:{actor.id}", login=login_id)


def end_other_sessions(session: Session, actor: Actor, token: str) -> int:
    """End all of one's own sessions but that of `token`; gives how many."""
    others = delete(Login).where(
        Login.user_id == actor.id, Login.kind == "session", Login.token_hash != digest(token)
    )
    ended = rows_changed(session, others)
    record(session, actor, "end_other_sessions", f"user:{actor.id}", ended=ended)
    return ended


def was_seen_long_ago(login: Login) -> bool:
    """Whether it is worth writing down that the session is used now."""
    return login.seen_at is None or login.seen_at < now() - _EXACTLY


def note_seen(engine: Engine, login_id: int) -> None:
    """Write down that a session is used now, in a transaction of its own."""
    # A busy database has better things to do.
    with suppress(OperationalError), transaction(engine) as session:
        session.execute(update(Login).where(Login.id == login_id).values(seen_at=now()))
