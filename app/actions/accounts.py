"""People: accounts, passwords, logins and roles.

Promises: passwords are stored as argon2 hashes and tokens as SHA-256 hashes, so neither can be read
back from the database; a one-time address works once. A login fails alike for an unknown name and a
wrong password, in the same time.
"""

import hashlib
import secrets
from datetime import timedelta
from functools import cache
from typing import Literal

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.actions.assign import leave
from app.actions.record import WORKER, from_to, get, record
from app.core.chain import is_removed
from app.core.errors import Invalid, NotAllowed, NotFound
from app.core.language import N_, _, translated
from app.core.roles import POLICY, RANK, SCRIPT, Actor, ActorKind, Channel, Role
from app.core.visitor import Visitor
from app.db.session import rows_changed
from app.db.tables import Login, Membership, Project, ServiceAccount, User
from app.db.types import now
from app.locale import languages
from app.settings import settings

LoginKind = Literal["session", "once", "halfway", "reset"]
SHORTEST_PASSWORD = 10
TAKEN = frozenset({SCRIPT.name, WORKER.name, POLICY.name, "import"})
"""What stands in the place of a name where no person did it."""
_LASTS = {
    "once": timedelta(hours=24),
    "halfway": timedelta(minutes=10),
    "reset": timedelta(hours=1),
}


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobody() -> str:
    """A hash that no password has, so that an unknown name costs the same time."""
    return _hasher().hash(secrets.token_hex(16))


def create_user(
    session: Session, actor: Actor, name: str, password: str | None, admin: bool = False
) -> User:
    """A new account; without a password it can only be entered by a one-time address."""
    require_admin(actor, N_("create accounts"))
    user = new_user(session, name, password)
    user.admin = admin
    record(session, actor, "create_user", f"user:{user.id}", after={"admin": admin})
    return user


def new_user(session: Session, name: str, password: str | None) -> User:
    """A new account; the caller sees to whether it may be. Raises Invalid."""
    name = name.strip()
    if not name or len(name) > 80:
        raise Invalid(_("A name has 1 to 80 characters."))
    if name in TAKEN or is_removed(name):
        raise Invalid(
            _("Nobody can be called %(name)s: it stands for what is no person.", name=name)
        )
    if session.scalar(select(User).where(User.name == name)):
        raise Invalid(_("The name %(name)s is taken.", name=name))
    user = User(name=name, password_hash=_hashed(password) if password else None)
    session.add(user)
    session.flush()
    return user


def set_password(session: Session, actor: Actor, user_id: int, password: str) -> None:
    """Set one's own password, or anybody's as an administrator; other sessions end."""
    if actor.id != user_id:
        require_admin(actor, N_("set another person's password"))
    user = person_of(session, user_id)
    before = {"password": "set" if user.password_hash else "none"}
    user.password_hash = _hashed(password)
    session.execute(delete(Login).where(Login.user_id == user_id))
    told = from_to(before, {"password": "set"})
    record(session, actor, "set_password", f"user:{user_id}", **told)


def set_language(session: Session, actor: Actor, user_id: int, tag: str) -> None:
    """Choose the language that one reads; "" leaves it to the browser. Anybody, for themselves."""
    if tag and tag not in languages():
        raise Invalid(_("There is no language %(tag)s here.", tag=tag))
    user = get(session, User, user_id)
    told = from_to({"language": user.language}, {"language": tag})
    user.language = tag
    record(session, actor, "set_language", f"user:{user_id}", **told)


def authenticate(session: Session, name: str, password: str) -> User:
    """The person of this name and password. Raises NotAllowed."""
    user = session.scalar(select(User).where(User.name == name, User.active))
    stored = user.password_hash if user else None
    try:
        _hasher().verify(stored or _nobody(), password)
    except (VerificationError, InvalidHashError) as error:
        raise NotAllowed(_("The name or the password is wrong.")) from error
    if user is None or stored is None:
        raise NotAllowed(_("The name or the password is wrong."))
    return user


def hand_out_once(session: Session, actor: Actor, user_id: int) -> str:
    """A token for an address that logs a person in once, within a day. For administrators."""
    require_admin(actor, N_("hand out one-time addresses"))
    token = open_login(session, person_of(session, user_id), "once")
    record(session, actor, "hand_out_once", f"user:{user_id}")
    return token


def open_login(
    session: Session, user: User, kind: LoginKind, visitor: Visitor | None = None
) -> str:
    """A fresh token: for a browser's session, or for an address that works once within a day.

    `halfway` is a browser whose password was right and whose second factor is still asked for,
    `reset` an address by mail at which a new password can be set.
    """
    token = secrets.token_urlsafe(32)
    lifetime = _LASTS.get(kind) or timedelta(days=settings().session_days)
    whence = visitor.model_dump(include={"browser", "network"}) if visitor else {}
    session.add(
        Login(
            user_id=user.id,
            kind=kind,
            token_hash=digest(token),
            expires_at=now() + lifetime,
            **whence,
        )
    )
    return token


def login_of(session: Session, token: str, kind: LoginKind = "session") -> Login | None:
    """The login of this token, or None if it is unknown, spent or too old."""
    return session.scalar(
        select(Login)
        .join(User)
        .where(
            Login.token_hash == digest(token),
            Login.kind == kind,
            Login.expires_at > now(),
            User.active,
        )
    )


def user_of_token(session: Session, token: str, kind: LoginKind = "session") -> User | None:
    """Whose token it is, or None if it is unknown, spent or too old."""
    login = login_of(session, token, kind)
    return session.get(User, login.user_id) if login else None


def spend_once(session: Session, token: str, kind: LoginKind = "once") -> User:
    """Use up a one-time token. Raises NotAllowed where it is unknown, spent or too old."""
    user = user_of_token(session, token, kind)
    spent = rows_changed(session, delete(Login).where(Login.token_hash == digest(token)))
    if user is None or not spent:
        raise NotAllowed(_("This address was used already, or is too old. Ask for a new one."))
    return user


def close_login(session: Session, token: str) -> None:
    """End the session of this token."""
    session.execute(delete(Login).where(Login.token_hash == digest(token)))


def actor_of(
    session: Session, user: User, project_id: int | None = None, channel: Channel = "page"
) -> Actor:
    """The person as an actor, with their role in the project, and what they do things by."""
    role = session.scalar(
        select(Membership.role).where(
            Membership.user_id == user.id, Membership.project_id == project_id
        )
    )
    kind: ActorKind = "script" if session.get(ServiceAccount, user.id) else "person"
    account = {"name": user.name, "id": user.id, "admin": user.admin}
    return Actor(kind=kind, **account, role=role, channel=channel)


def set_role(
    session: Session, actor: Actor, project_id: int, user_id: int, role: Role | None
) -> None:
    """Give a person a role in a project, or with None take it away. For leads.

    Who has none any more frees what was assigned to them.
    """
    actor.require("lead", N_("change roles"))
    if role is not None and role not in RANK:
        raise Invalid(_("There is no role %(role)s.", role=role))
    get(session, Project, project_id)
    get(session, User, user_id)
    service = session.get(ServiceAccount, user_id)
    if service and service.project_id != project_id:
        raise NotFound(_("There is no such service account."))
    membership = (Membership.project_id == project_id, Membership.user_id == user_id)
    before = session.scalar(select(Membership.role).where(*membership))
    session.execute(delete(Membership).where(*membership))
    if role:
        session.add(Membership(project_id=project_id, user_id=user_id, role=role))
    else:
        leave(session, actor, project_id, user_id)
    told = from_to({"role": before}, {"role": role})
    record(session, actor, "set_role", f"user:{user_id}", project_id=project_id, **told)


def person_of(session: Session, user_id: int) -> User:
    """The person of this id. Raises NotFound, for a service account too: nobody is behind it."""
    if session.get(ServiceAccount, user_id):
        raise NotFound(_("This is a service account, and no person."))
    return get(session, User, user_id)


def find_user(session: Session, name: str) -> User:
    """The person of this name. Raises NotFound."""
    user = session.scalar(select(User).where(User.name == name))
    if user is None:
        raise NotFound(_("There is nobody called %(name)s.", name=name))
    return user


def require_admin(actor: Actor, deed: str) -> None:
    """Raises NotAllowed, saying what only an administrator can do, for anybody else."""
    if not actor.administers:
        raise NotAllowed(_("Only an administrator can %(deed)s.", deed=translated(deed)))


def _hashed(password: str) -> str:
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid(
            _(
                "A password has at least %(least)s characters.",
                least=SHORTEST_PASSWORD,
            )
        )
    return _hasher().hash(password)


def digest(token: str) -> str:
    """What is stored of a token: it is long and random, so a plain hash can't be guessed back."""
    return hashlib.sha256(token.encode()).hexdigest()
