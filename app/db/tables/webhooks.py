"""Where a project's events are told, and what became of each."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.webhooks import State
from app.db.tables.base import Base, owner
from app.db.tables.history import Event
from app.db.types import now


class Webhook(Base):
    """An address, and the verbs that it is told of (`kinds`).

    `secret` signs, and `old_secret` beside it until `old_until`; both are encrypted. `lease` is the
    worker's that tells it something, until `lease_until`. After `failures` in a row, the first at
    `failing_since`, it rests until `not_before`. `said` is why it is failing. One that was removed
    keeps its row: what is being recorded at that moment may name it.
    """

    __tablename__ = "webhooks"
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = owner("projects")
    url: Mapped[str] = mapped_column(String(500))
    kinds: Mapped[list[Any]]
    state: Mapped[State] = mapped_column(String(10), default="on")
    said: Mapped[str] = mapped_column(Text, default="")
    secret: Mapped[bytes]
    old_secret: Mapped[bytes | None]
    old_until: Mapped[datetime | None]
    lease: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None]
    not_before: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    failing_since: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)


class Delivery(Base):
    """One message to one webhook, written with the event that it tells; of none, it is a test.

    `message_id` stays the same in every try. `state`: queued, sent or failed. `status` and `answer`
    are of the last try, which was at `tried_at`; one with a `not_before` stepped aside until then.
    """

    __tablename__ = "deliveries"
    __table_args__ = (Index("ix_deliveries_webhook", "webhook_id", "state", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhooks.id", ondelete="CASCADE"))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"), index=True)
    event: Mapped[Event | None] = relationship()
    message_id: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(10), default="queued")
    attempts: Mapped[int] = mapped_column(default=0)
    status: Mapped[int | None]
    answer: Mapped[str] = mapped_column(Text, default="")
    not_before: Mapped[datetime | None]
    tried_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)
