"""Batches, datasets and keys of a project."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.tables import Batch, Branch, Dataset, Job, Secret

Listed = TypeVar("Listed", Batch, Dataset)
_LISTED = 100


def newest_of(session: Session, table: type[Listed], project_id: int) -> Sequence[Listed]:
    """The newest hundred batches or datasets of a project, newest first."""
    query = select(table).where(table.project_id == project_id).order_by(table.id.desc())
    return session.scalars(query.limit(_LISTED)).all()


def failures_of(session: Session, batch_id: int) -> Sequence[tuple[int, str]]:
    """The first hundred failed jobs of a batch: the trace and what went wrong."""
    query = select(Branch.trace_id, Job.error).join(Branch, Branch.id == Job.branch_id)
    failed = query.where(Job.batch_id == batch_id, Job.state == "failed").order_by(Job.id)
    return session.execute(failed.limit(_LISTED)).all()


def put_off_in(session: Session, batch_id: int) -> Sequence[tuple[str, datetime]]:
    """The jobs of a batch that wait for a model server: why, and until when, the next first."""
    query = select(Job.error, Job.not_before).where(Job.batch_id == batch_id)
    waiting = query.where(Job.state == "queued", Job.not_before.is_not(None))
    rows = session.execute(waiting.order_by(Job.not_before))
    return [(why, until) for why, until in rows if until]


def keys_set(session: Session, project_id: int) -> dict[str, datetime]:
    """When each key of a project was stored; never the key."""
    rows = session.execute(
        select(Secret.name, Secret.created_at).where(Secret.project_id == project_id)
    )
    return {each.name: each.created_at for each in rows}
