"""Webhooks: a project's lead has a server elsewhere told what happens.

Promises: a secret is given out once, as it is made, and kept encrypted; the one before it signs
beside it for a day. Addresses stand in no event: some hold a key.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from app.actions.outbox import ask_to_tell, queue_delivery
from app.actions.record import from_to, get, record
from app.actions.secrets import cipher
from app.backends.outside import checked_address
from app.core.errors import Invalid, NotFound, Refused
from app.core.language import N_, _
from app.core.roles import Actor
from app.core.webhooks import KINDS, new_secret
from app.db.queries.webhooks import webhooks_of
from app.db.tables import Delivery, Project, Webhook
from app.db.types import now
from app.settings import settings

OVERLAP = timedelta(days=1)
MOST = 10
_DEED = N_("look after webhooks")


def create_webhook(
    session: Session, actor: Actor, project_id: int, url: str, kinds: Iterable[str]
) -> tuple[Webhook, str]:
    """A new webhook, and its secret in clear for this once. For leads."""
    actor.require("lead", _DEED)
    get(session, Project, project_id)
    if len(session.scalars(webhooks_of(project_id)).all()) >= MOST:
        raise Refused(_("A project has %(most)s webhooks at most.", most=MOST))
    secret = new_secret()
    row = Webhook(
        project_id=project_id,
        url=checked_address(url, settings().webhooks_inside),
        kinds=_checked(kinds),
        secret=cipher().encrypt(secret.encode()),
    )
    session.add(row)
    session.flush()
    _record(session, actor, "create_webhook", row, **from_to({}, _told(row)))
    return row, secret


def webhook_in(session: Session, actor: Actor, project_id: int, webhook_id: int) -> Webhook:
    """A webhook of the project. For leads. Raises NotFound for any other."""
    actor.require("lead", _DEED)
    row = session.get(Webhook, webhook_id)
    if row is None or row.project_id != project_id or row.state == "removed":
        raise NotFound(_("There is no such webhook."))
    return row


def change_webhook(
    session: Session,
    actor: Actor,
    row: Webhook,
    *,
    url: str | None = None,
    kinds: Iterable[str] | None = None,
    on: bool | None = None,
) -> None:
    """Change what is named; one that is switched on goes on with what waits for it."""
    before = _told(row)
    row.url = row.url if url is None else checked_address(url, settings().webhooks_inside)
    row.kinds = row.kinds if kinds is None else _checked(kinds)
    if on is not None:
        row.state, row.said = "on" if on else "off", ""
        row.not_before, row.failures, row.failing_since = None, 0, None
        ask_to_tell(session, row.id)
    _record(session, actor, "change_webhook", row, **from_to(before, _told(row)))


def renew_secret(session: Session, actor: Actor, row: Webhook) -> str:
    """A new secret, in clear for this once; the old one signs beside it for a day."""
    secret = new_secret()
    row.old_secret, row.old_until = row.secret, now() + OVERLAP
    row.secret = cipher().encrypt(secret.encode())
    _record(session, actor, "renew_webhook_secret", row)
    return secret


def remove_webhook(session: Session, actor: Actor, row: Webhook) -> None:
    """Tell it nothing more, and forget its address and secrets."""
    before = _told(row)
    row.state, row.url, row.secret, row.old_secret = "removed", "", b"", None
    _record(session, actor, "remove_webhook", row, **from_to(before, {}))


def test_webhook(session: Session, actor: Actor, row: Webhook) -> None:
    """Send a message that is about nothing. Raises Refused where it is not on."""
    if row.state != "on":
        raise Refused(_("Switch it on first."))
    queue_delivery(session, row.id, None)
    _record(session, actor, "test_webhook", row)


def send_again(session: Session, actor: Actor, row: Webhook, delivery_id: int) -> Delivery:
    """Send a message once more, by its own id. Raises NotFound, and Refused where it waits."""
    delivery = session.get(Delivery, delivery_id)
    if delivery is None or delivery.webhook_id != row.id:
        raise NotFound(_("There is no such message."))
    if delivery.state == "queued" and delivery.not_before is None:
        raise Refused(_("It waits to be sent already."))
    delivery.state, delivery.attempts, delivery.not_before = "queued", 0, None
    ask_to_tell(session, row.id)
    _record(session, actor, "send_again", row, message=delivery.message_id)
    return delivery


def _checked(kinds: Iterable[str]) -> list[str]:
    """The kinds in their order."""
    chosen = set(kinds)
    if unknown := chosen - set(KINDS):
        raise Invalid(_("There is no event %(kind)s.", kind=min(unknown)))
    if not chosen:
        raise Invalid(_("Choose what it is told of."))
    return [kind for kind in KINDS if kind in chosen]


def _told(row: Webhook) -> dict[str, Any]:
    """What an event says of it: the server's name alone, for addresses may hold keys."""
    return {"server": urlsplit(row.url).hostname, "kinds": row.kinds, "state": row.state}


def _record(session: Session, actor: Actor, verb: str, row: Webhook, **data: Any) -> None:
    record(session, actor, verb, f"webhook:{row.id}", project_id=row.project_id, **data)
