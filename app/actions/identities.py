"""People whom an OpenID Connect provider vouches for: who they are here, and who of them is let in.

Promises: an account is found by issuer and subject alone, never by a name or a mail address, so
nobody gets into another's account by calling themselves like its owner; joining one is the deed of
whoever is logged in with it; somebody new gets an account only as the settings say.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.accounts import TAKEN, actor_of, new_user
from app.actions.record import get, record
from app.backends.oidc import Identity
from app.core.errors import Conflict, NotAllowed, NotFound, Refused
from app.core.language import _
from app.core.roles import Actor
from app.db.tables import IdentityRow, User
from app.settings import Settings


def enter_as(session: Session, settings: Settings, identity: Identity) -> User:
    """The person behind an identity, with a new account where the settings let them in.

    Raises NotAllowed.
    """
    row = _row(session, identity)
    if row is None:
        return _newcomer(session, settings, identity)
    user = get(session, User, row.user_id)
    if not user.active:
        raise NotAllowed(_("This account is deactivated. Ask an administrator."))
    return user


def join_identity(session: Session, actor: Actor, identity: Identity) -> None:
    """Let oneself in by this identity from now on. Raises Conflict where it is somebody else's."""
    row = _row(session, identity)
    if row is not None and row.user_id != actor.id:
        raise Conflict(_("Somebody else here comes in by that account."))
    if row is None and actor.id is not None:
        whose = {"issuer": identity.issuer, "subject": identity.subject}
        session.add(IdentityRow(user_id=actor.id, **whose))
        record(session, actor, "join_identity", f"user:{actor.id}", issuer=identity.issuer)


def forget_identity(session: Session, actor: Actor, identity_id: int) -> None:
    """Come in by it no more. Raises Refused for the last way in."""
    row = session.get(IdentityRow, identity_id)
    if row is None or row.user_id != actor.id:
        raise NotFound(_("There is no such connection."))
    user = get(session, User, row.user_id)
    if user.password_hash is None and len(identities_of(session, user.id)) == 1:
        raise Refused(_("Set a password first: else you could not come in again."))
    session.delete(row)
    record(session, actor, "forget_identity", f"user:{actor.id}", issuer=row.issuer)


def identities_of(session: Session, user_id: int) -> Sequence[IdentityRow]:
    """By what a person comes in."""
    query = select(IdentityRow).where(IdentityRow.user_id == user_id)
    return session.scalars(query.order_by(IdentityRow.id)).all()


def lets_in(settings: Settings, identity: Identity) -> bool:
    """Whether somebody new gets an account by coming in."""
    allowed = {one.strip().lower() for one in settings.oidc_lets_in.split(",")}
    domain = identity.email.rpartition("@")[2].lower()
    return "*" in allowed or (domain != "" and domain in allowed)


def _newcomer(session: Session, settings: Settings, identity: Identity) -> User:
    if not lets_in(settings, identity):
        raise NotAllowed(
            _(
                "No account here belongs to that sign-in. If you have one, log in with it and "
                "connect it under Your account; else ask for an invitation."
            )
        )
    user = new_user(session, _free_name(session, identity.name or "somebody"), None)
    user.email = identity.email
    actor = actor_of(session, user)
    record(session, actor, "create_user", f"user:{user.id}", after={"admin": False})
    join_identity(session, actor, identity)
    return user


def _free_name(session: Session, name: str) -> str:
    """The name, with a number where somebody has it: it tells people apart, and lets nobody in."""
    alike = select(User.name).where(User.name.startswith(name, autoescape=True))
    taken = {*session.scalars(alike), *TAKEN}
    numbered = (f"{name} {number}" for number in range(2, len(taken) + 3))
    return next(one for one in (name, *numbered) if one not in taken)


def _row(session: Session, identity: Identity) -> IdentityRow | None:
    return session.scalar(
        select(IdentityRow).where(
            IdentityRow.issuer == identity.issuer, IdentityRow.subject == identity.subject
        )
    )
