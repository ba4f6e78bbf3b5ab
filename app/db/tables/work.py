"""Work that is done in the background, what it used, and the words of the index."""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core.bulk import BulkDeed
from app.db.tables.base import Base, owner
from app.db.types import now

Queue = Literal["model", "execution"]
"""Who works on a job: threads that wait for models, or those that have programs executed."""


class Batch(Base):
    """A set of jobs started together on chosen problems or traces."""

    __tablename__ = "batches"
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = owner("projects")
    kind: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10), default="running")
    actor_name: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(default=now)


class Bulk(Base):
    """One deed on many traces (`app.core.bulk`): a plan until a job is set to it.

    `looked_at` of `trace_ids` were come to, `done` of them changed; `left_out` counts the others by
    the reason. What it begins for models is a batch, to be watched and stopped like any other.
    `assignee` is to whom traces are given (`app.core.assignee`), "" for other deeds.
    """

    __tablename__ = "bulks"
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = owner("projects")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    deed: Mapped[BulkDeed] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(Text, default="")
    assignee: Mapped[str] = mapped_column(String(20), default="", server_default="")
    trace_ids: Mapped[list[Any]]
    looked_at: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    left_out: Mapped[dict[str, Any]] = mapped_column(default=dict)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("jobs.id"), unique=True)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batches.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)


class Job(Base):
    """A piece of long work, and who holds it until when; the queue only says "look at it".

    `kind`: grow, review, check, solves, note, bulk, build or push. `state`: queued, running, done,
    failed or cancelled. A running job whose lease ran out is anybody's. `lease` is a random token:
    only its holder may write. A queued job with a `not_before` waits until then for a model server,
    and `error` says what happened; `waits` counts such pauses, and `attempts` beginnings, since it
    last got on.
    """

    __tablename__ = "jobs"
    __table_args__ = (Index("ix_jobs_state", "state", "lease_until"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = owner("projects")
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batches.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    queue: Mapped[Queue] = mapped_column(String(10))
    branch_id: Mapped[int | None] = mapped_column(ForeignKey("branches.id"), index=True)
    step_id: Mapped[int | None] = mapped_column(ForeignKey("steps.id"))
    """For a check: the Code step to execute; for solves: the one whose models are examined."""
    dataset_id: Mapped[int | None] = mapped_column(ForeignKey("datasets.id"))
    push_id: Mapped[int | None] = mapped_column(ForeignKey("pushes.id"))
    note_id: Mapped[int | None] = mapped_column(ForeignKey("notes.id"), index=True)
    state: Mapped[str] = mapped_column(String(10), default="queued")
    attempts: Mapped[int] = mapped_column(default=0)
    lease: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None]
    not_before: Mapped[datetime | None]
    waits: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(default=now)


class Usage(Base):
    """Tokens that one model call cost, and money where the project sets prices.

    `cached_tokens` of the prompt came from the server's prefix cache, as far as it says so.
    """

    __tablename__ = "usages"
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = owner("projects")
    branch_id: Mapped[int | None] = mapped_column(ForeignKey("branches.id"))
    role: Mapped[str] = mapped_column(String(10))
    model: Mapped[str] = mapped_column(String(200))
    prompt_tokens: Mapped[int]
    cached_tokens: Mapped[int] = mapped_column(default=0)
    completion_tokens: Mapped[int]
    cost: Mapped[float]
    at: Mapped[datetime] = mapped_column(default=now)


class Dataset(Base):
    """An immutable, fingerprinted export. `fingerprint` and `manifest` are set once it is built.

    `state`: building, ready, failed or cancelled. While it is building, `done` of `total` rows went
    by; `total` is None until they are chosen.
    """

    __tablename__ = "datasets"
    __table_args__ = (UniqueConstraint("project_id", "name"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = owner("projects")
    name: Mapped[str] = mapped_column(String(120))
    format: Mapped[str] = mapped_column(String(40))
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(String(10), default="building")
    fingerprint: Mapped[str | None] = mapped_column(String(64))
    manifest: Mapped[dict[str, Any] | None]
    error: Mapped[str] = mapped_column(Text, default="")
    done: Mapped[int] = mapped_column(default=0, server_default="0")
    total: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(default=now)


class Push(Base):
    """A dataset on its way to `target` (`app.core.push`), or there.

    `state`: pushing, done or failed, which `error` explains. `done` of `total` bytes are there;
    `total` is 0 until the store was asked.
    """

    __tablename__ = "pushes"
    __table_args__ = (UniqueConstraint("dataset_id", "target"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    dataset_id: Mapped[int] = owner("datasets")
    target: Mapped[str] = mapped_column(String(300))
    state: Mapped[str] = mapped_column(String(10), default="pushing")
    error: Mapped[str] = mapped_column(Text, default="")
    done: Mapped[int] = mapped_column(BigInteger, default=0)
    total: Mapped[int] = mapped_column(BigInteger, default=0)
    actor_name: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(default=now)


class SearchText(Base):
    """An entry of the full-text index: which row of which table its words are of.

    The words are in `search_words`, which each engine keeps in its own way (`app.db.search`).
    """

    __tablename__ = "search_texts"
    id: Mapped[int] = mapped_column(primary_key=True)
    about: Mapped[str] = mapped_column(String(10))
    """problem, step or proposal"""
    subject_id: Mapped[int]
