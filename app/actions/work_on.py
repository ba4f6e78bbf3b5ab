"""Working on a job, whatever its kind; and sweeping for jobs that nobody works on.

Promises: a job ends done, failed with a message, or queued for its next round; an error that nobody
foresaw is logged and recorded on the job, and a branch never waits for ever. A database that can't
be asked for a moment, locked or gone, fails no job: the sweep sends it again, as after a crash.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import get_args

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.exc import OperationalError

from app.actions.await_solves import wake_reviews
from app.actions.build_dataset import build_dataset
from app.actions.check_code import check_code
from app.actions.close_branch import close_branch
from app.actions.datasets import fail_dataset
from app.actions.do_bulk import do_bulk
from app.actions.grow import grow_branch
from app.actions.keeping import keeping
from app.actions.notes import fail_note
from app.actions.ports import Ports
from app.actions.pushes import fail_push
from app.actions.read_solves import read_solves
from app.actions.record import WORKER, get, record_on_branch
from app.actions.review import review_branch
from app.actions.send_dataset import send_dataset
from app.actions.work import Held, Lost, due, hold, let_go
from app.actions.work_on_notes import work_on_note
from app.backends.line import on_line
from app.core.errors import CalmError
from app.db.session import reading, rows_changed, transaction
from app.db.tables import Branch, Job, Queue
from app.db.types import now
from app.jobs import lists_of, send, send_after_commit
from app.live import broker

_SWEPT = 1_000
_log = logging.getLogger(__name__)
_KINDS: dict[str, Callable[[Ports, Held], None]] = {
    "grow": grow_branch,
    "review": review_branch,
    "check": check_code,
    "solves": read_solves,
    "note": work_on_note,
    "build": build_dataset,
    "push": send_dataset,
    "bulk": do_bulk,
}


def work_on(ports: Ports, job_id: int) -> None:
    """Take the job if it is free, and do its next round."""
    held = hold(ports, job_id)
    if held is None:
        return
    if held.worn_out:
        fail(ports, held, "Its worker was interrupted again and again; see the logs, and retry.")
        return
    try:
        with keeping(ports, held), on_line(held.line):
            _KINDS[held.kind](ports, held)
    except CalmError as error:
        fail(ports, held, str(error))
    except OperationalError:
        _log.exception("job %d (%s) is left to the sweep", job_id, held.kind)
    except Exception as error:
        _log.exception("job %d (%s) failed", job_id, held.kind)
        fail(ports, held, f"An unforeseen error ({type(error).__name__}); the log has it.")


def fail(ports: Ports, held: Held, reason: str) -> None:
    """End a job as failed, and what waits for it with a recorded outcome that can be retried."""
    try:
        with transaction(ports.engine) as session:
            let_go(session, held, "failed", reason)
            if held.kind == "build" and held.dataset_id:
                fail_dataset(session, held.dataset_id, reason)
            elif held.push_id:
                fail_push(session, held.push_id, reason)
            elif held.note_id:
                fail_note(session, held.note_id, reason)
            elif held.branch_id:
                branch = get(session, Branch, held.branch_id)
                if held.kind == "grow" and branch.outcome is None:
                    close_branch(session, branch, "model_error", reason)
                record_on_branch(session, WORKER, "fail", branch, job=held.job_id)
    except Lost:
        return
    if held.kind == "solves":
        wake_reviews(ports, held)


def sweep(ports: Ports) -> int:
    """Send again what a worker left, and what was queued but never reached the broker.

    Gives the number sent.
    """
    return _send_left(ports) + _send_lost(ports)


def _send_left(ports: Ports) -> int:
    """Queue the jobs of workers that are gone: however long a queue is, it holds them no more."""
    left = (Job.state == "running", Job.lease_until < now())
    told = _found(ports, *left)
    for job_id, queue in told:
        with transaction(ports.engine) as session:
            freed = {"state": "queued", "lease": None, "lease_until": None}
            if rows_changed(session, update(Job).where(Job.id == job_id, *left).values(freed)):
                send_after_commit(session, job_id, queue)
    return len(told)


def _send_lost(ports: Ports) -> int:
    """Send what has waited for long; a queue that still holds messages is only long."""
    empty = [queue for queue in get_args(Queue) if not any(map(broker().llen, lists_of(queue)))]
    waited = now() - timedelta(seconds=ports.settings.sweep_seconds)
    since = func.coalesce(Job.not_before, Job.created_at)
    lost = _found(ports, due(), since < waited, Job.queue.in_(empty))
    for job_id, queue in lost:
        send(job_id, queue)
    return len(lost)


def _found(ports: Ports, *which: ColumnElement[bool]) -> list[tuple[int, Queue]]:
    """The oldest of these jobs, each with the queue that it belongs in."""
    with reading(ports.engine) as session:
        jobs = select(Job.id, Job.queue).where(*which).order_by(Job.id).limit(_SWEPT)
        return [(job_id, queue) for job_id, queue in session.execute(jobs)]
