"""Batches: generations, or reviews, started together, watched and stopped together.

Promises: a hundred at a time are one transaction, so thousands hold nobody up, and a batch of up to
a hundred is started whole or not at all. A batch that was stopped begins nothing more; one whose
stopping broke off still runs, and can be stopped again.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.actions.cancel import stop_writing
from app.actions.facts import ACTIVE
from app.actions.ports import Ports
from app.actions.record import from_to, get, record
from app.actions.request_review import request_review
from app.actions.start_trace import start_trace
from app.core.errors import Conflict, Invalid, NotFound, Refused
from app.core.language import N_, _
from app.core.roles import Actor
from app.db.session import transaction
from app.db.tables import Batch, Branch, Job, ProblemRow, Trace

BatchKind = Literal["generate", "propose"]
Start = Callable[[Session, int], object]
"""Begins one piece of a batch's work. It refuses before it writes."""
_AT_ONCE = 100


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
    ports: Ports, actor: Actor, project_id: int, kind: BatchKind, ids: Sequence[int]
) -> int:
    """Start a trace of each problem (`generate`), or a review of each branch (`propose`).

    Gives the batch's id. For leads. Raises Invalid for an unknown kind or no ids, NotFound for an
    id of another project, Refused for a branch that is being written.
    """
    actor.require("lead", N_("start a batch"))
    if kind not in ("generate", "propose") or not ids:
        raise Invalid(_("A batch needs a kind, generate or propose, and something to work on."))
    with transaction(ports.engine) as session:
        _check_ids(session, project_id, kind, ids)
        batch_id = open_batch(session, actor, project_id, kind, n=len(ids)).id
        begin = start_trace if kind == "generate" else request_review

        def start(session: Session, each: int) -> None:
            begin(session, actor, each, batch_id)

        _start_some(session, ids[:_AT_ONCE], start)
    fill_batch(ports, batch_id, ids[_AT_ONCE:], start)
    return batch_id


def fill_batch(ports: Ports, batch_id: int, ids: Sequence[int], start: Start) -> None:
    """Start the rest of a batch, until it is stopped."""
    for first in range(0, len(ids), _AT_ONCE):
        with transaction(ports.engine) as session:
            batch = session.get_one(Batch, batch_id, with_for_update=True)
            if batch.state == "stopped":
                return
            _start_some(session, ids[first : first + _AT_ONCE], start)


def open_batch(
    session: Session, actor: Actor, project_id: int, kind: BatchKind, **sizes: int
) -> Batch:
    """A batch without work yet; `sizes` say in its event how much it will be."""
    batch = Batch(project_id=project_id, kind=kind, actor_name=actor.name)
    session.add(batch)
    session.flush()
    told = from_to({}, {"state": "running"}) | {"kind": kind, **sizes}
    record(session, actor, "start_batch", f"batch:{batch.id}", project_id=project_id, **told)
    return batch


def stop_batch(ports: Ports, actor: Actor, batch_id: int) -> None:
    """Cancel what is queued or running; what was finished stays. For leads."""
    actor.require("lead", N_("stop a batch"))
    with transaction(ports.engine) as session:
        batch = get(session, Batch, batch_id)
        told = from_to({"state": batch.state}, {"state": "stopped"})
        batch.state, place = "stopped", {"project_id": batch.project_id}
        record(session, actor, "stop_batch", f"batch:{batch_id}", **place, **told)
    more = True
    while more:
        with transaction(ports.engine) as session:
            more = _stop_some(session, actor, batch_id)


def progress_of(session: Session, batch_id: int) -> BatchProgress:
    """How far a batch is."""
    batch = get(session, Batch, batch_id)
    rows = session.execute(
        select(Job.state, func.count()).where(Job.batch_id == batch_id).group_by(Job.state)
    )
    counts: dict[str, int] = dict(rows.all())
    over = "stopped" if batch.state == "stopped" else "done"
    return BatchProgress(
        total=sum(counts.values()),
        state="running" if any(counts.get(state) for state in ACTIVE) else over,
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
        raise NotFound(
            _("Not in this project: %(names)s.", names=", ".join(map(str, sorted(missing)[:5])))
        )
    if kind == "propose" and set(ids) & set(session.scalars(known.where(Branch.outcome.is_(None)))):
        raise Refused(_("The Reasoner is still writing some of these traces."))


def _start_some(session: Session, ids: Sequence[int], start: Start) -> None:
    """Start what can be; what somebody else began or took away since it was chosen is left out."""
    for each in ids:
        with suppress(Conflict, NotFound, Refused):
            start(session, each)


def _stop_some(session: Session, actor: Actor, batch_id: int) -> bool:
    """Stop the oldest of a batch's jobs, and close the branches that they wrote; False for none."""
    active = select(Job).where(Job.batch_id == batch_id, Job.state.in_(ACTIVE))
    jobs = session.scalars(active.order_by(Job.id).limit(_AT_ONCE)).all()
    for job in jobs:
        if job.kind == "grow":
            stop_writing(session, actor, get(session, Branch, job.branch_id or 0))
    stopped = update(Job).where(Job.id.in_([job.id for job in jobs]), Job.state.in_(ACTIVE))
    session.execute(stopped.values(state="cancelled", lease=None))
    return bool(jobs)
