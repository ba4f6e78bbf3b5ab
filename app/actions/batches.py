"""Batches: generations, or reviews, started together, watched and stopped together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.actions.cancel import stop_writing
from app.actions.facts import ACTIVE
from app.actions.record import get, record
from app.actions.request_review import request_review
from app.actions.start_trace import start_trace
from app.core.errors import Invalid, NotFound
from app.core.roles import Actor
from app.db.tables import Batch, Branch, Job, ProblemRow, Trace

BatchKind = Literal["generate", "propose"]


@dataclass(frozen=True)
class BatchProgress:
    """How far a batch is; `total` is the sum of the others."""

    total: int
    queued: int
    running: int
    done: int
    failed: int
    cancelled: int
    state: str


def start_batch(
    session: Session, actor: Actor, project_id: int, kind: BatchKind, ids: Sequence[int]
) -> Batch:
    """Start a trace of each problem (`generate`), or a review of each branch (`propose`).

    For leads. Raises Invalid for an unknown kind or no ids, NotFound for an id of another project.
    """
    actor.require("lead", "start a batch")
    if kind not in ("generate", "propose") or not ids:
        raise Invalid("A batch needs a kind, generate or propose, and something to work on.")
    _check_ids(session, project_id, kind, ids)
    batch = open_batch(session, actor, project_id, kind)
    for each in ids:
        if kind == "generate":
            start_trace(session, actor, each, batch.id)
        else:
            request_review(session, actor, each, batch.id)
    record(session, actor, "start_batch", f"batch:{batch.id}", project_id=project_id, n=len(ids))
    return batch


def open_batch(session: Session, actor: Actor, project_id: int, kind: BatchKind) -> Batch:
    """A batch without work yet."""
    batch = Batch(project_id=project_id, kind=kind, actor_name=actor.name)
    session.add(batch)
    session.flush()
    return batch


def stop_batch(session: Session, actor: Actor, batch_id: int) -> None:
    """Cancel what is queued or running; what was finished stays. For leads."""
    actor.require("lead", "stop a batch")
    batch = get(session, Batch, batch_id)
    batch.state = "stopped"
    waiting = (Job.batch_id == batch_id, Job.state.in_(ACTIVE))
    if batch.kind == "generate":
        growing = select(Branch).join(Job, Job.branch_id == Branch.id).where(*waiting)
        for branch in session.scalars(growing).all():
            stop_writing(session, actor, branch)
    session.execute(update(Job).where(*waiting).values(state="cancelled", lease=None))
    record(session, actor, "stop_batch", f"batch:{batch_id}", project_id=batch.project_id)


def progress_of(session: Session, batch_id: int) -> BatchProgress:
    """How far a batch is."""
    batch = get(session, Batch, batch_id)
    rows = session.execute(
        select(Job.state, func.count()).where(Job.batch_id == batch_id).group_by(Job.state)
    )
    counts: dict[str, int] = dict(rows.all())
    over = batch.state == "stopped" or not any(counts.get(state) for state in ACTIVE)
    return BatchProgress(
        total=sum(counts.values()),
        state=batch.state if batch.state == "stopped" else "done" if over else "running",
        **{
            state: counts.get(state, 0)
            for state in ("queued", "running", "done", "failed", "cancelled")
        },
    )


def _check_ids(session: Session, project_id: int, kind: str, ids: Sequence[int]) -> None:
    if kind == "generate":
        known = select(ProblemRow.id).where(ProblemRow.project_id == project_id)
    else:
        known = select(Branch.id).join(Trace).where(Trace.project_id == project_id)
    missing = set(ids) - set(session.scalars(known))
    if missing:
        raise NotFound(f"Not in this project: {', '.join(map(str, sorted(missing)[:5]))}.")
