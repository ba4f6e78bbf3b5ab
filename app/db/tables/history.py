"""What happened, and the hash chain that shows whether any of it was changed since.

Promises: events and links are only ever inserted; the database's own triggers refuse anything else,
but for erasing a name or a content together with its salt (`app.core.chain`).
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import Base
from app.db.types import now


class Event(Base):
    """What somebody did, appended and never changed. `subject` is like `proposal:871`.

    `data` says from what value to what, as `before` and `after` with the same names. `channel` is
    what it came by, "" where it was not recorded yet. A salt that is None was erased, with the
    actor's name or the data that it belonged to.
    """

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_trace", "trace_id", "id"),
        Index("ix_events_project", "project_id", "id"),
        Index("ix_events_subject", "subject", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int | None] = mapped_column(ForeignKey("projects.id"))
    trace_id: Mapped[int | None] = mapped_column(ForeignKey("traces.id"))
    actor: Mapped[dict[str, Any]]
    channel: Mapped[str] = mapped_column(String(10), default="", server_default="")
    verb: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(60))
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    at: Mapped[datetime] = mapped_column(default=now)
    name_salt: Mapped[str | None] = mapped_column(String(32))
    name_hash: Mapped[str] = mapped_column(String(64), default="", server_default="")
    data_salt: Mapped[str | None] = mapped_column(String(32))
    data_hash: Mapped[str] = mapped_column(String(64), default="", server_default="")


class EventLink(Base):
    """An event's place in the chain, from 1 without a gap, and the hash up to there."""

    __tablename__ = "event_links"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), unique=True)
    hash: Mapped[str] = mapped_column(String(64))


class ChainHead(Base):
    """The one row that says how many links there are, and the last one's hash."""

    __tablename__ = "chain_head"
    id: Mapped[int] = mapped_column(primary_key=True)
    links: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
