"""Tokens: what programs show instead of a password, as `Authorization: Bearer …`.

Promises: a token is shown once, as it is made, and stored as a hash; it does what its owner may at
that moment and never more, as far as its scopes reach; every token runs out. Who comes with a token
can't make one that reaches further.
"""

import secrets
from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from app.actions.accounts import actor_of, digest
from app.actions.record import get, record
from app.core.errors import Invalid, NotAllowed, NotFound, NotIdentified
from app.core.language import _
from app.core.roles import SCOPES, Actor, Scope
from app.db.session import reading, rows_changed, transaction
from app.db.tables import Token, User
from app.db.types import now

PREFIX = "calm_"
"""How every token begins, so that people and programs that look for leaked ones know it."""
LONGEST_DAYS = 366
_EXACTLY = timedelta(minutes=5)


def actor_of_bearer(engine: Engine, bearer: str, project_id: int | None = None) -> Actor:
    """Who comes with this token, with their role in the project, as far as the token reaches.

    Opens transactions of its own, so none may be open. Raises NotIdentified, in plain words.
    """
    with reading(engine) as session:
        token = session.scalar(select(Token).where(Token.token_hash == digest(bearer)))
        user = session.get(User, token.user_id) if token else None
        if token is None or user is None:
            raise NotIdentified(_("This token is not known here."))
        _require_alive(token, user)
        actor = actor_of(session, user, project_id, "token")
        stale = token.used_at is None or token.used_at < now() - _EXACTLY
    if stale:
        with transaction(engine) as session:
            session.execute(update(Token).where(Token.id == token.id).values(used_at=now()))
    return actor.model_copy(update={"token": token.id, "scopes": frozenset(token.scopes)})


def create_token(
    session: Session, actor: Actor, user_id: int, name: str, scopes: Iterable[str], days: int
) -> str:
    """A token of `user_id`, in clear for this once. The caller sees to who may make it for whom."""
    chosen = _checked(actor, scopes)
    name = name.strip()
    if not name or len(name) > 80:
        raise Invalid(_("A name has 1 to 80 characters."))
    if not 1 <= days <= LONGEST_DAYS:
        raise Invalid(_("A token lasts 1 to %(most)s days.", most=LONGEST_DAYS))
    clear = PREFIX + secrets.token_urlsafe(32)
    token = Token(
        user_id=user_id,
        name=name,
        token_hash=digest(clear),
        scopes=chosen,
        expires_at=now() + timedelta(days=days),
    )
    session.add(token)
    session.flush()
    record(session, actor, "create_token", f"token:{token.id}", user=user_id, scopes=chosen)
    return clear


def create_own_token(
    session: Session, actor: Actor, name: str, scopes: Iterable[str], days: int
) -> str:
    """A token of one's own, in clear for this once."""
    if actor.id is None:
        raise Invalid("Only an account has tokens.")
    return create_token(session, actor, actor.id, name, scopes, days)


def revoke_token(session: Session, actor: Actor, user_id: int, token_id: int) -> None:
    """End a token of `user_id`; the caller sees to who may. Raises NotFound for any other."""
    token = get(session, Token, token_id)
    if token.user_id != user_id or not revoke_tokens(session, user_id, token_id):
        raise NotFound(_("There is no such token."))
    record(session, actor, "revoke_token", f"token:{token_id}", user=user_id)


def revoke_tokens(session: Session, user_id: int, token_id: int | None = None) -> int:
    """End the tokens of an account that still live, or the one that is named; gives how many."""
    living = update(Token).where(Token.user_id == user_id, Token.revoked_at.is_(None))
    if token_id is not None:
        living = living.where(Token.id == token_id)
    return rows_changed(session, living.values(revoked_at=now()))


def _require_alive(token: Token, user: User) -> None:
    if token.revoked_at is not None or not user.active:
        raise NotIdentified(_("This token was revoked."))
    if token.expires_at <= now():
        raise NotIdentified(_("This token has run out. Make a new one."))


def _checked(actor: Actor, scopes: Iterable[str]) -> list[Scope]:
    """The scopes in their order. All may read: what can be changed can be seen."""
    chosen = {"read", *scopes}
    if unknown := chosen - set(SCOPES):
        raise Invalid(_("There is no scope %(scope)s.", scope=min(unknown)))
    if not all(actor.reaches(scope) for scope in SCOPES if scope in chosen):
        raise NotAllowed(_("A token can't make one that reaches further than itself."))
    return [scope for scope in SCOPES if scope in chosen]
