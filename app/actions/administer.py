"""What administrators decide about people: who is one of them, and who may come in at all.

Promises: an active administrator is always left; whoever is deactivated is out at once, in every
browser and with every token, while what they did stays theirs.
"""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.actions.accounts import person_of, require_admin
from app.actions.record import from_to, record
from app.actions.tokens import revoke_tokens
from app.core.errors import Refused
from app.core.language import N_, _
from app.core.roles import Actor
from app.db.tables import Login, User


def set_admin(session: Session, actor: Actor, user_id: int, admin: bool) -> None:
    """Make a person an administrator, or no longer one. Raises Refused for the last."""
    require_admin(actor, N_("say who is an administrator"))
    user = person_of(session, user_id)
    if not admin:
        keep_another(session, user)
    told = from_to({"admin": user.admin}, {"admin": admin})
    user.admin = admin
    record(session, actor, "set_admin", f"user:{user_id}", **told)


def set_active(session: Session, actor: Actor, user_id: int, active: bool) -> None:
    """Let a person in, or no longer: their sessions and tokens end.

    Nothing of what they did changes, and they can be let in again. Raises Refused for the last
    administrator.
    """
    require_admin(actor, N_("say who may come in"))
    user = person_of(session, user_id)
    if not active:
        keep_another(session, user)
        session.execute(delete(Login).where(Login.user_id == user_id))
        revoke_tokens(session, user_id)
    told = from_to({"active": user.active}, {"active": active})
    user.active = active
    record(session, actor, "set_active", f"user:{user_id}", **told)


def keep_another(session: Session, user: User) -> None:
    # All of them locked: two who step down at the same moment come one after the other.
    admins = session.scalars(select(User).where(User.admin, User.active).with_for_update()).all()
    if user in admins and len(admins) == 1:
        raise Refused(_("%(name)s is the last administrator: name another first.", name=user.name))
