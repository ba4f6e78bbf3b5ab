"""Mails: written down with what they are about, sent by a worker after the commit.

Promises: neither the database nor the broker holds the address in a mail: its token is made as the
mail is sent, and kept as a hash. What can't be sent now is tried again, with longer and longer
pauses; a mail may come twice, and then the newer one is right.
"""

import logging
import secrets
from datetime import timedelta
from functools import partial

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from app.actions.accounts import digest, open_login
from app.actions.ports import Ports
from app.actions.record import get
from app.backends.mail import hand_over
from app.core.errors import MailError
from app.core.language import ENGLISH, _, language, speaking
from app.core.model import Frozen
from app.db.session import after_commit, reading, rows_changed, transaction
from app.db.tables import Invitation, Mail, Project, User
from app.db.types import now
from app.jobs import send_mail
from app.locale import languages

_PAUSES = tuple(timedelta(minutes=each) for each in (1, 5, 30, 120, 600))
"""After each try; the last is the last."""
_log = logging.getLogger(__name__)


class Letter(Frozen):
    """What is sent to whom."""

    to: str
    subject: str
    text: str


def queue_mail(
    session: Session, *, user_id: int | None = None, invitation_id: int | None = None
) -> None:
    """Write down a mail to a person for a new password, or about an invitation."""
    mail = Mail(user_id=user_id, invitation_id=invitation_id, language=language().tag)
    session.add(mail)
    session.flush()
    after_commit(session, partial(send_mail, mail.id))


def deliver(ports: Ports, mail_id: int) -> None:
    """Send a mail that is due; nothing for any other."""
    letter = _taken(ports, mail_id)
    if letter is None:
        return
    error = None
    try:
        hand_over(ports.settings, letter.to, letter.subject, letter.text)
    except MailError as failed:
        _log.warning("mail %d was not sent: %s", mail_id, failed)
        error = failed
    with transaction(ports.engine) as session:
        if mail := session.get(Mail, mail_id):  # else its invitation was withdrawn meanwhile
            _note(mail, error)


def sweep_mails(ports: Ports) -> int:
    """Ask again for the mails whose time has come, or whose message was lost."""
    lost = now() - timedelta(seconds=ports.settings.sweep_seconds)
    waits = or_(Mail.not_before <= now(), Mail.not_before.is_(None) & (Mail.created_at < lost))
    with reading(ports.engine) as session:
        due = session.scalars(select(Mail.id).where(Mail.state == "queued", waits)).all()
    for mail_id in due:
        send_mail(mail_id)
    return len(due)


def _taken(ports: Ports, mail_id: int) -> Letter | None:
    """The letter of a mail that nobody else is sending; for a minute it is this worker's."""
    due = or_(Mail.not_before.is_(None), Mail.not_before <= now())
    mine = update(Mail).where(Mail.id == mail_id, Mail.state == "queued", due)
    taken = {"attempts": Mail.attempts + 1, "not_before": now() + _PAUSES[0]}
    with transaction(ports.engine) as session:
        if not ports.settings.mails or not rows_changed(session, mine.values(taken)):
            return None
        mail = get(session, Mail, mail_id)
        with speaking(languages().get(mail.language) or ENGLISH):
            return _letter(session, ports.settings.public_url.rstrip("/"), mail)


def _letter(session: Session, home: str, mail: Mail) -> Letter:
    if mail.invitation_id is not None:
        return _invitation(session, home, get(session, Invitation, mail.invitation_id))
    user = get(session, User, mail.user_id or 0)
    address = f"{home}/login/reset?token={open_login(session, user, 'reset')}"
    text = _(
        "Somebody, probably you, asked for a new password for %(name)s in CALM Studio.\n\n"
        "Set it within an hour at\n\n%(address)s\n\n"
        "If it was not you, do nothing: your password stays as it is.",
        name=user.name,
        address=address,
    )
    return Letter(to=user.email, subject=_("A new password for CALM Studio"), text=text)


def _invitation(session: Session, home: str, invitation: Invitation) -> Letter:
    token = secrets.token_urlsafe(32)
    invitation.token_hash = digest(token)
    project, address = get(session, Project, invitation.project_id), f"{home}/join?token={token}"
    text = _(
        "You are invited to the project %(project)s in CALM Studio.\n\n"
        "Join it within a week at\n\n%(address)s\n\nThe address works once.",
        project=project.name,
        address=address,
    )
    return Letter(to=invitation.email, subject=_("An invitation to CALM Studio"), text=text)


def _note(mail: Mail, error: MailError | None) -> None:
    """What became of a try."""
    mail.error = str(error) if error else ""
    if error is None:
        mail.state = "sent"
    elif not error.retryable or mail.attempts >= len(_PAUSES):
        mail.state = "failed"
    else:
        mail.not_before = now() + _PAUSES[mail.attempts - 1]
