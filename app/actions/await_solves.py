"""A review waits until the models of its path are examined; who examined the last one wakes it.

Promises: no review begins while a job examines a model of its path, and none waits for ever: it is
let go before it asks again, so either it sees that the examining ended, or whoever ended it sees
that it waits. An examination that failed ends the waiting too.
"""

from sqlalchemy import select

from app.actions.facts import ACTIVE
from app.actions.ports import Ports
from app.actions.record import get
from app.actions.work import Held, Lost, requeue
from app.db.convert import located_path
from app.db.session import reading, transaction
from app.db.tables import Branch, Job, StepRow
from app.jobs import send_after_commit


def await_solves(ports: Ports, held: Held) -> bool:
    """Let a review go whose models are not all examined; False where it can look now."""
    branch_id = held.branch_id or 0
    if not _examining(ports, branch_id):
        return False
    try:
        with transaction(ports.engine) as session:
            requeue(session, held, "model")
    except Lost:
        return True
    if not _examining(ports, branch_id):
        _send(ports, [held.job_id])
    return True


def wake_reviews(ports: Ports, held: Held) -> None:
    """Send the reviews that wait in the trace of the Code step whose models were examined."""
    with reading(ports.engine) as session:
        step = get(session, StepRow, held.step_id or 0)
        waiting = (
            select(Job.id)
            .join(Branch, Branch.id == Job.branch_id)
            .where(
                Branch.trace_id == get(session, Branch, step.branch_id).trace_id,
                Job.kind == "review",
                Job.state == "queued",
            )
        )
        job_ids = list(session.scalars(waiting))
    _send(ports, job_ids)


def _examining(ports: Ports, branch_id: int) -> bool:
    with reading(ports.engine) as session:
        steps = [row.id for _, row in located_path(get(session, Branch, branch_id))]
        jobs = select(Job.id).where(
            Job.kind == "solves", Job.step_id.in_(steps), Job.state.in_(ACTIVE)
        )
        return session.scalars(jobs).first() is not None


def _send(ports: Ports, job_ids: list[int]) -> None:
    with transaction(ports.engine) as session:
        for job_id in job_ids:
            send_after_commit(session, job_id, "model")
