"""Service accounts: what a project's programs come in as, each with a role of its own.

Promises: only the project's leads make them, hand out their tokens, and remove them; nobody logs in
as one; what it did stays after it is removed.
"""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.accounts import set_role
from app.actions.record import get, record
from app.actions.tokens import create_token, revoke_token, revoke_tokens
from app.core.errors import Invalid, NotFound
from app.core.language import N_, _
from app.core.roles import Actor, Role
from app.db.tables import Project, ServiceAccount, User

_DEED = N_("look after service accounts")


def create_service(session: Session, actor: Actor, project_id: int, name: str, role: Role) -> User:
    """An account for programs of the project; its name says whose it is, `project/name`."""
    actor.require("lead", _DEED)
    slug, name = get(session, Project, project_id).slug, name.strip()
    whole = f"{slug}/{name}"
    if not name or len(whole) > 80:
        raise Invalid(_("A name has 1 to %(most)s characters.", most=80 - len(slug) - 1))
    if session.scalar(select(User.id).where(User.name == whole)):
        raise Invalid(_("The name %(name)s is taken.", name=whole))
    user = User(name=whole)
    session.add(user)
    session.flush()
    session.add(ServiceAccount(user_id=user.id, project_id=project_id))
    record(session, actor, "create_service", f"user:{user.id}", project_id=project_id)
    set_role(session, actor, project_id, user.id, role)
    return user


def create_service_token(
    session: Session,
    actor: Actor,
    project_id: int,
    user_id: int,
    name: str,
    scopes: Iterable[str],
    days: int,
) -> str:
    """A token of a service account, in clear for this once."""
    _service(session, actor, project_id, user_id)
    return create_token(session, actor, user_id, name, scopes, days)


def revoke_service_token(
    session: Session, actor: Actor, project_id: int, user_id: int, token_id: int
) -> None:
    """End a token of a service account."""
    _service(session, actor, project_id, user_id)
    revoke_token(session, actor, user_id, token_id)


def remove_service(session: Session, actor: Actor, project_id: int, user_id: int) -> None:
    """End a service account and all its tokens; its name stays taken."""
    user = _service(session, actor, project_id, user_id)
    user.active = False
    revoke_tokens(session, user_id)
    set_role(session, actor, project_id, user_id, None)
    record(session, actor, "remove_service", f"user:{user_id}", project_id=project_id)


def _service(session: Session, actor: Actor, project_id: int, user_id: int) -> User:
    actor.require("lead", _DEED)
    account = session.get(ServiceAccount, user_id)
    user = session.get(User, user_id)
    if account is None or user is None or account.project_id != project_id or not user.active:
        raise NotFound(_("There is no such service account."))
    return user
