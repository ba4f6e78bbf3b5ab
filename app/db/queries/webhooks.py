"""Webhooks of a project, and their messages: those to be sent now, and those to be shown.

Promises: of a trace that several people judge, nobody's decision is sent or shown before all have
judged: it is not theirs to know.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, delete, func, or_, select
from sqlalchemy.orm import Session

from app.db.session import rows_changed
from app.db.tables import Claim, Delivery, Event, Trace, Webhook
from app.db.types import now


def webhooks_of(project_id: int) -> Select[Webhook]:
    """The webhooks of a project, the oldest first, but for removed ones."""
    ours = (Webhook.project_id == project_id, Webhook.state != "removed")
    return select(Webhook).where(*ours).order_by(Webhook.id)


def listening(session: Session, project_id: int) -> list[tuple[int, frozenset[str]]]:
    """The webhooks that events of a project are written down for, with what they are told of.

    One that is failing misses nothing: it is told when a lead lets it go on.
    """
    on = webhooks_of(project_id).where(Webhook.state.in_(("on", "failing")))
    with session.no_autoflush:
        return [(row.id, frozenset(row.kinds)) for row in session.scalars(on)]


def next_delivery(session: Session, webhook_id: int) -> Delivery | None:
    """What a webhook is to be told next: in order, and then what stepped aside."""
    mine = select(Delivery).where(Delivery.webhook_id == webhook_id, _due())
    ordered = mine.order_by(Delivery.not_before.is_not(None), Delivery.id)
    return session.scalar(ordered.limit(1))


def webhooks_due(session: Session) -> Sequence[int]:
    """The webhooks that a worker should look at now."""
    waits = select(Delivery.id).where(Delivery.webhook_id == Webhook.id, _due()).exists()
    return session.scalars(select(Webhook.id).where(free_to_tell(), waits)).all()


def free_to_tell() -> ColumnElement[bool]:
    """Whether a webhook is on, no worker tells it something, and it does not rest."""
    free = or_(Webhook.lease_until.is_(None), Webhook.lease_until < now())
    rested = or_(Webhook.not_before.is_(None), Webhook.not_before <= now())
    return and_(Webhook.state == "on", free, rested)


def deliveries_of(webhook_id: int) -> Select[Delivery]:
    """What a webhook was told and will be, the newest first."""
    mine = (Delivery.webhook_id == webhook_id, ~_held())
    return select(Delivery).where(*mine).order_by(Delivery.id.desc())


def held_back(session: Session, webhook_id: int) -> int:
    """How many messages wait until all have judged."""
    held = (Delivery.webhook_id == webhook_id, Delivery.state == "queued", _held())
    return session.scalar(select(func.count(Delivery.id)).where(*held)) or 0


def failing_in(session: Session, project_id: int) -> bool:
    """Whether a webhook of the project was given up, or said that it is gone."""
    ended = webhooks_of(project_id).where(Webhook.state.in_(("failing", "gone")))
    return session.scalar(ended.limit(1)) is not None


def forget_deliveries(session: Session, before: datetime) -> int:
    """Delete old messages, but for those that will still be sent; gives how many."""
    on = select(Webhook.id).where(Webhook.state == "on")
    ended = or_(Delivery.state != "queued", Delivery.webhook_id.not_in(on))
    return rows_changed(session, delete(Delivery).where(Delivery.created_at < before, ended))


def _due() -> ColumnElement[bool]:
    rested = or_(Delivery.not_before.is_(None), Delivery.not_before <= now())
    return and_(Delivery.state == "queued", rested, ~_held())


def _held() -> ColumnElement[bool]:
    told = select(Event.id).join(Trace, Trace.id == Event.trace_id)
    told = told.join(Claim, Claim.trace_id == Trace.id)
    by_somebody = Event.actor["id"].as_integer().is_not(None)
    open_slot = (Trace.overlap > 1, Claim.done_at.is_(None), Claim.gold_id.is_(None))
    return told.where(Event.id == Delivery.event_id, by_somebody, *open_slot).exists()
