"""Telling webhooks what waits for them; a worker does this, and a sweep looks for what was missed.

Promises: at least once, and in order, one message at a time for each webhook, whose row one worker
holds by a lease; a message keeps its id in every try. No transaction is open while a server is
waited for. After a failure the webhook rests, longer each time; a message that failed some times
lets the others pass; after a day without success the webhook is left to its lead.
"""

import random
import secrets
from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from cryptography.fernet import InvalidToken
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.actions.ports import Ports
from app.actions.record import WORKER, record
from app.actions.secrets import cipher
from app.backends.outside import Answer, post
from app.core.errors import Refused
from app.core.model import Frozen
from app.core.waiting import pause
from app.core.webhooks import MOST_TRIES, TEST, TRIES_IN_TURN, State, Told, body_of, signed_headers
from app.db.queries.gold import was_gold
from app.db.queries.webhooks import forget_deliveries, free_to_tell, next_delivery, webhooks_due
from app.db.session import after_commit, reading, rows_changed, transaction
from app.db.tables import Delivery, Project, Webhook
from app.db.types import now
from app.jobs import send_webhook

LEASE = timedelta(seconds=60)
KEPT = timedelta(days=30)
_GIVEN_UP = timedelta(days=1)
_LONGEST_PAUSE = 3600.0
_IN_A_ROW = 20
_GONE = 410


class Message(Frozen):
    """What is sent now, and where to."""

    delivery_id: int
    message_id: str
    url: str
    keys: tuple[str, ...]
    body: bytes


def tell_webhook(ports: Ports, webhook_id: int) -> None:
    """Send what waits for a webhook, if nobody else does and it does not rest."""
    for _ in range(_IN_A_ROW):
        lease = _take(ports, webhook_id)
        if lease is None:
            return
        message = _next(ports, webhook_id, lease)
        if message is None:
            # What was written down meanwhile asked for a worker while this one held the webhook.
            if _waits(ports, webhook_id):
                continue
            return
        at = int(now().timestamp())
        headers = signed_headers(message.keys, message.message_id, at, message.body)
        answer = post(message.url, headers, message.body, ports.settings.webhooks_inside)
        _note(ports, webhook_id, lease, message.delivery_id, answer)
    send_webhook(webhook_id)


def sweep_webhooks(ports: Ports) -> int:
    """Ask again for what waits and was missed, and forget what is old; gives how many."""
    with reading(ports.engine) as session:
        due = webhooks_due(session)
    for webhook_id in due:
        send_webhook(webhook_id)
    with transaction(ports.engine) as session:
        forget_deliveries(session, now() - KEPT)
    return len(due)


def _waits(ports: Ports, webhook_id: int) -> bool:
    with reading(ports.engine) as session:
        return next_delivery(session, webhook_id) is not None


def _take(ports: Ports, webhook_id: int) -> str | None:
    """Hold a webhook; None where somebody does, or it rests or is off."""
    lease = secrets.token_hex(16)
    taken = update(Webhook).where(Webhook.id == webhook_id, free_to_tell())
    with transaction(ports.engine) as session:
        held = {"lease": lease, "lease_until": now() + LEASE}
        return lease if rows_changed(session, taken.values(held)) else None


def _next(ports: Ports, webhook_id: int, lease: str) -> Message | None:
    """What to send now; None lets the webhook go, for nothing waits."""
    with transaction(ports.engine) as session:
        row = _held(session, webhook_id, lease)
        delivery = next_delivery(session, webhook_id) if row else None
        if row is None:
            return None
        if delivery is None:
            _let_go(row)
            return None
        try:
            return _message(session, ports, row, delivery)
        except (InvalidToken, Refused):
            _leave(session, row, "failing", "Its secret can't be read: make a new one.")
            return None


def _message(session: Session, ports: Ports, row: Webhook, delivery: Delivery) -> Message:
    keys = _keys(row)
    delivery.attempts, delivery.tried_at = delivery.attempts + 1, now()
    told = _told(session, delivery, session.get_one(Project, row.project_id).slug)
    return Message(
        delivery_id=delivery.id,
        message_id=delivery.message_id,
        url=row.url,
        keys=keys,
        body=body_of(told, ports.settings.public_url.rstrip("/")),
    )


def _keys(row: Webhook) -> tuple[str, ...]:
    """The secrets that sign now, the newest first."""
    kept: Sequence[bytes | None] = (row.secret, row.old_secret)
    living = kept if row.old_until and row.old_until > now() else kept[:1]
    return tuple(cipher().decrypt(each).decode() for each in living if each)


def _told(session: Session, delivery: Delivery, slug: str) -> Told:
    event = delivery.event
    if event is None:
        return Told(kind=TEST, at=delivery.created_at, project=slug)
    return Told(
        kind=event.verb,
        at=event.at,
        project=slug,
        event_id=event.id,
        subject=event.subject,
        trace_id=event.trace_id,
        gold=was_gold(session, event),
        actor_kind=event.actor["kind"],
        actor_id=event.actor["id"],
    )


def _note(ports: Ports, webhook_id: int, lease: str, delivery_id: int, answer: Answer) -> None:
    """What came of a try; nothing where the webhook is not ours any more: then it is sent again."""
    with transaction(ports.engine) as session:
        row = _held(session, webhook_id, lease)
        delivery = session.get(Delivery, delivery_id)
        if row is None or delivery is None:
            return
        delivery.status, delivery.answer = answer.status, answer.text
        _let_go(row)
        if answer.took_it:
            delivery.state, row.failures, row.failing_since = "sent", 0, None
        else:
            _failed(session, row, delivery, answer)


def _failed(session: Session, row: Webhook, delivery: Delivery, answer: Answer) -> None:
    row.failing_since = row.failing_since or now()
    seconds = pause(row.failures, answer.after, random.random(), _LONGEST_PAUSE)
    row.failures, row.not_before = row.failures + 1, now() + timedelta(seconds=seconds)
    if answer.status == _GONE or delivery.attempts >= MOST_TRIES:
        delivery.state = "failed"
    elif delivery.attempts >= TRIES_IN_TURN:
        aside = pause(delivery.attempts, answer.after, random.random(), _LONGEST_PAUSE)
        delivery.not_before = now() + timedelta(seconds=aside)
    if answer.status == _GONE:
        _leave(session, row, "gone", "The server says that this address is gone for good (410).")
    elif now() - row.failing_since >= _GIVEN_UP:
        _leave(session, row, "failing", "For a day no message was taken.")
    else:
        after_commit(session, partial(send_webhook, row.id, seconds=seconds))


def _leave(session: Session, row: Webhook, state: State, why: str) -> None:
    """Leave a webhook to its lead."""
    _let_go(row)
    row.state, row.said = state, why
    subject = f"webhook:{row.id}"
    record(session, WORKER, "leave_webhook", subject, project_id=row.project_id, reason=why)


def _held(session: Session, webhook_id: int, lease: str) -> Webhook | None:
    """The webhook, with the lease renewed, as long as it is ours."""
    mine = update(Webhook).where(Webhook.id == webhook_id, Webhook.lease == lease)
    if not rows_changed(session, mine.values(lease_until=now() + LEASE)):
        return None
    return session.get_one(Webhook, webhook_id)


def _let_go(row: Webhook) -> None:
    row.lease, row.lease_until = None, None
