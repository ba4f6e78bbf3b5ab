"""Invitations: a lead lets one person into the project, by an address that works once.

Promises: the address goes out by mail, or is shown once, and is stored as a hash; whoever uses it
gets the role that it names, by a new account or the one they are logged in with, and never loses a
higher one. The mail address of an invitation is forgotten once it is used or withdrawn.
"""

import re
import secrets
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, Row, delete, select, update
from sqlalchemy.orm import Session

from app.actions.accounts import actor_of, digest, new_user
from app.actions.mails import queue_mail
from app.actions.record import get, record
from app.core.errors import Invalid, NotAllowed, NotFound
from app.core.language import N_, _
from app.core.roles import RANK, Actor, Role
from app.db.session import rows_changed
from app.db.tables import Invitation, Mail, Membership, Project, User
from app.db.types import now
from app.settings import settings

_LASTS = timedelta(days=7)
_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@[^\s@<>,;:\"()\[\]\\]{1,189}")


def invite(
    session: Session, actor: Actor, project_id: int, role: Role, email: str = ""
) -> str | None:
    """Invite somebody: by mail where there is a server and an address, which gives None; else the
    token, in clear for this once.
    """
    actor.require("lead", N_("invite people"))
    get(session, Project, project_id)
    email, mailed = checked_address(email), bool(email.strip()) and settings().mails
    token = None if mailed else secrets.token_urlsafe(32)
    invitation = Invitation(
        project_id=project_id,
        role=role,
        email=email,
        token_hash=digest(token) if token else None,
        by_id=actor.id,
        expires_at=now() + _LASTS,
    )
    session.add(invitation)
    session.flush()
    if mailed:
        queue_mail(session, invitation_id=invitation.id)
    subject = f"invitation:{invitation.id}"
    record(session, actor, "invite", subject, project_id=project_id, role=role, mailed=mailed)
    return token


def withdraw_invitation(
    session: Session, actor: Actor, project_id: int, invitation_id: int
) -> None:
    """Take an invitation back. Raises NotFound for one that is not open."""
    actor.require("lead", N_("invite people"))
    one = (Invitation.id == invitation_id, Invitation.project_id == project_id)
    taken_back = update(Invitation).where(*one, *_open()).values(withdrawn_at=now(), email="")
    if not rows_changed(session, taken_back):
        raise NotFound(_("There is no such invitation any more."))
    _forget_mail(session, invitation_id)
    record(
        session,
        actor,
        "withdraw_invitation",
        f"invitation:{invitation_id}",
        project_id=project_id,
    )


def open_invitations(
    session: Session, project_id: int
) -> Sequence[Row[Invitation, str | None, str | None]]:
    """The invitations that can still be used, each with the state and the error of its mail."""
    query = select(Invitation, Mail.state, Mail.error).outerjoin(
        Mail, Mail.invitation_id == Invitation.id
    )
    ours = query.where(Invitation.project_id == project_id, *_open())
    return session.execute(ours.order_by(Invitation.id)).all()


def invitation_of(session: Session, token: str) -> Invitation:
    """The open invitation of this token. Raises NotAllowed, alike for all others."""
    found = session.scalar(
        select(Invitation).where(Invitation.token_hash == digest(token), *_open())
    )
    if found is None:
        raise NotAllowed(_("This invitation was used already, or is too old. Ask for a new one."))
    return found


def join_anew(session: Session, token: str, name: str, password: str) -> User:
    """Use an invitation with a new account."""
    invitation = invitation_of(session, token)
    if not password:
        raise Invalid(_("Choose a password."))
    user = new_user(session, name, password)
    user.email = invitation.email if invitation.email and _was_mailed(session, invitation) else ""
    actor = actor_of(session, user)
    record(session, actor, "create_user", f"user:{user.id}", after={"admin": False})
    join(session, actor, token)
    return user


def join(session: Session, actor: Actor, token: str) -> Project:
    """Use an invitation with the account that one is logged in with."""
    invitation = invitation_of(session, token)
    one = update(Invitation).where(Invitation.id == invitation.id, *_open())
    used = one.values(used_at=now(), used_by_id=actor.id, email="")
    if actor.id is None or not rows_changed(session, used):
        raise NotAllowed(_("This invitation was used already, or is too old. Ask for a new one."))
    _forget_mail(session, invitation.id)
    _raise_role(session, invitation, actor.id)
    project = get(session, Project, invitation.project_id)
    record(
        session,
        actor,
        "join",
        f"user:{actor.id}",
        project_id=project.id,
        role=invitation.role,
        invitation=invitation.id,
    )
    return project


def checked_address(email: str) -> str:
    """A mail address without what surrounds it; "" for none. Raises Invalid."""
    email = email.strip()
    if email and not _ADDRESS.fullmatch(email):
        raise Invalid(_("This is no mail address: %(email)s", email=email[:80]))
    return email


def _open() -> tuple[ColumnElement[bool], ...]:
    return (
        Invitation.used_at.is_(None),
        Invitation.withdrawn_at.is_(None),
        Invitation.expires_at > now(),
    )


def _was_mailed(session: Session, invitation: Invitation) -> bool:
    sent = select(Mail.id).where(Mail.invitation_id == invitation.id)
    return session.scalar(sent.limit(1)) is not None


def _forget_mail(session: Session, invitation_id: int) -> None:
    """What a server said of a mail names its receiver."""
    session.execute(delete(Mail).where(Mail.invitation_id == invitation_id))


def _raise_role(session: Session, invitation: Invitation, user_id: int) -> None:
    member = session.scalar(
        select(Membership).where(
            Membership.project_id == invitation.project_id, Membership.user_id == user_id
        )
    )
    if member is None:
        place = {"project_id": invitation.project_id, "user_id": user_id}
        session.add(Membership(**place, role=invitation.role))
    elif RANK[member.role] < RANK[invitation.role]:
        member.role = invitation.role
