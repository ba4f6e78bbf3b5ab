"""People of the installation, and the members of one project."""

from datetime import datetime
from typing import get_args

from sqlalchemy.orm import Session

from app.actions.accounts import SHORTEST_PASSWORD
from app.actions.invitations import open_invitations
from app.core.model import Frozen
from app.core.roles import Actor, Role
from app.db.queries.assignees import knowledge_of
from app.db.queries.people import everybody, members_of, with_second_factor
from app.settings import settings

ROLES: tuple[Role, ...] = get_args(Role)


class PersonLine(Frozen):
    """An account."""

    id: int
    name: str
    admin: bool
    active: bool
    has_password: bool
    second_factor: bool


class PeopleView(Frozen):
    """`once` is a one-time address that was just made, for whom it was made to pass on."""

    people: tuple[PersonLine, ...]
    shortest: int = SHORTEST_PASSWORD
    once: str = ""
    once_for: str = ""


class MemberLine(Frozen):
    """A member and the role."""

    id: int
    name: str
    active: bool
    role: Role


class InvitationLine(Frozen):
    """An open invitation; `mail` is the state of its mail, "" for none, `error` why it failed."""

    id: int
    role: Role
    email: str
    until: datetime
    mail: str
    error: str


class MembersView(Frozen):
    """`others` are the accounts that could be added, `fresh` the address of a new invitation.

    `languages` are those that the person who looks knows.
    """

    members: tuple[MemberLine, ...]
    others: tuple[tuple[int, str], ...]
    may_change: bool
    invitations: tuple[InvitationLine, ...] = ()
    mails: bool = False
    fresh: str = ""
    languages: str | None = None
    roles: tuple[Role, ...] = ROLES


def people_view(session: Session, once: str = "", once_for: str = "") -> PeopleView:
    """Everybody."""
    guarded = with_second_factor(session)
    people = tuple(
        PersonLine(
            id=user.id,
            name=user.name,
            admin=user.admin,
            active=user.active,
            has_password=user.password_hash is not None,
            second_factor=user.id in guarded,
        )
        for user in everybody(session)
    )
    return PeopleView(people=people, once=once, once_for=once_for)


def members_view(session: Session, project_id: int, actor: Actor, fresh: str = "") -> MembersView:
    """The members of a project; who else there is only for those who may change it."""
    may_change = actor.may("lead")
    members = tuple(
        MemberLine(id=user.id, name=user.name, active=user.active, role=role)
        for user, role in members_of(session, project_id)
    )
    known = {member.id for member in members}
    others = everybody(session) if may_change else ()
    free = (user for user in others if user.active and user.id not in known)
    return MembersView(
        members=members,
        others=tuple((user.id, user.name) for user in free),
        may_change=may_change,
        invitations=invitation_lines(session, project_id) if may_change else (),
        mails=settings().mails,
        fresh=fresh,
        languages=_languages(session, project_id, actor) if actor.id in known else None,
    )


def _languages(session: Session, project_id: int, actor: Actor) -> str | None:
    """The languages that the person said to know, as a form takes them; None for who judges not."""
    known = knowledge_of(session, project_id).get(actor.id or 0, {})
    return ", ".join(known.get("language", ())) if actor.may("annotator") else None


def invitation_lines(session: Session, project_id: int) -> tuple[InvitationLine, ...]:
    """The invitations that are open, the oldest first."""
    return tuple(
        InvitationLine(
            id=one.id,
            role=one.role,
            email=one.email,
            until=one.expires_at,
            mail=state or "",
            error=error or "",
        )
        for one, state, error in open_invitations(session, project_id)
    )
