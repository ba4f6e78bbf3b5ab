"""A new password by mail, for whoever forgot theirs.

Promises: whether somebody has an account can't be told from the answer; the old password stays
until a new one is set; whoever has a second factor is still asked for it.
"""

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.actions.accounts import actor_of, set_password, spend_once
from app.actions.invitations import checked_address
from app.actions.mails import queue_mail
from app.actions.record import get, record
from app.core.roles import Actor
from app.db.tables import User

_MOST = 5
"""Mails for one request: an address may be several people's."""


def ask_for_reset(session: Session, name: str) -> None:
    """Have a mail sent to whoever has this name or mail address, if anybody."""
    same = or_(User.name == name.strip(), func.lower(User.email) == name.strip().lower())
    people = select(User).where(same, User.email != "", User.active).limit(_MOST)
    for user in session.scalars(people):
        queue_mail(session, user_id=user.id)
        record(session, actor_of(session, user), "ask_for_reset", f"user:{user.id}")


def reset_password(session: Session, token: str, password: str) -> User:
    """Set a new password at the address that was mailed; every session ends."""
    user = spend_once(session, token, "reset")
    set_password(session, actor_of(session, user), user.id, password)
    return user


def set_email(session: Session, actor: Actor, user_id: int, email: str) -> None:
    """Say where a mail reaches oneself; "" for nowhere."""
    get(session, User, user_id).email = checked_address(email)
    record(session, actor, "set_email", f"user:{user_id}", known=bool(email.strip()))
