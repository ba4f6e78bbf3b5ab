"""A job from hand to hand: queued, held with a lease that lets a worker write, and let go.

Promises: at most one worker holds a job, by one conditional UPDATE; a worker that lost its lease
can't write any more (`app.actions.keeping` keeps it); one that waits for a model server holds
nobody up and is not taken before its time; a job that was interrupted too often fails with a
message instead of coming back for ever.
"""

import random
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from app.actions.ports import Ports
from app.backends.line import Line
from app.core.errors import CalmError
from app.core.waiting import MOST_WAITS, pause
from app.db.session import rows_changed, transaction
from app.db.tables import Job, Queue
from app.db.types import now
from app.jobs import send_after_commit

MAX_ATTEMPTS = 5


class Lost(CalmError):
    """The job is no longer ours: cancelled, or taken over after the lease ran out."""


@dataclass(frozen=True)
class Held:
    """A job that this worker holds; `attempts` and `waits` count since it last made progress.

    `lost` is set once it is known that the job is ours no more: long work looks at it and stops.
    `line` is cut then: what is on it, a request to a model server, ends at once.
    """

    job_id: int
    lease: str
    kind: str
    project_id: int
    branch_id: int | None
    step_id: int | None
    dataset_id: int | None
    push_id: int | None
    note_id: int | None
    attempts: int
    waits: int
    lost: Event = field(default_factory=Event, compare=False)
    line: Line = field(default_factory=Line, compare=False)

    @property
    def worn_out(self) -> bool:
        """Whether it was begun too often without progress."""
        return self.attempts > MAX_ATTEMPTS

    @property
    def may_wait(self) -> bool:
        """Whether it may be put off once more."""
        return self.waits < MOST_WAITS

    def lose(self) -> None:
        """Tell the work that the job is not ours any more, from another thread."""
        self.lost.set()
        self.line.cut()


def put(session: Session, job: Job) -> Job:
    """Queue a new job; a worker hears of it after the commit."""
    session.add(job)
    session.flush()
    send_after_commit(session, job.id, job.queue, later=job.batch_id is not None)
    return job


def hurry(session: Session, job: Job) -> bool:
    """Let a job that waits for a model server be looked at now, after the commit; False where it
    does not wait."""
    waits = (Job.id == job.id, Job.state == "queued", Job.not_before.is_not(None))
    waited = rows_changed(session, update(Job).where(*waits).values(not_before=None)) > 0
    if waited:
        send_after_commit(session, job.id, job.queue)
    return waited


def due() -> ColumnElement[bool]:
    """Whether a job is queued, and its time has come."""
    return and_(Job.state == "queued", or_(Job.not_before.is_(None), Job.not_before <= now()))


def hold(ports: Ports, job_id: int) -> Held | None:
    """Take a job that is queued or whose holder is gone; None if there is nothing to take."""
    lease = secrets.token_hex(16)
    free = or_(due(), and_(Job.state == "running", Job.lease_until < now()))
    with transaction(ports.engine) as session:
        taken = rows_changed(
            session,
            update(Job)
            .where(Job.id == job_id, free)
            .values(
                state="running",
                lease=lease,
                lease_until=lease_end(ports),
                attempts=Job.attempts + 1,
            ),
        )
        if not taken:
            return None
        job = session.scalars(select(Job).where(Job.id == job_id)).one()
        return Held(
            job_id=job_id,
            lease=lease,
            kind=job.kind,
            project_id=job.project_id,
            branch_id=job.branch_id,
            step_id=job.step_id,
            dataset_id=job.dataset_id,
            push_id=job.push_id,
            note_id=job.note_id,
            attempts=job.attempts,
            waits=job.waits,
        )


def let_go(session: Session, held: Held, state: str, error: str = "") -> None:
    """End the job in the transaction that writes its result. Raises Lost if it is not ours."""
    _release(session, held, state=state, error=error)


def requeue(session: Session, held: Held, queue: Queue) -> None:
    """Queue the next round of a job that made progress. Raises Lost if it is not ours."""
    _release(session, held, state="queued", queue=queue, error="", attempts=0, waits=0)


def go_on(session: Session, held: Held, queue: Queue) -> None:
    """Queue the next round, and have a worker look at it after the commit. Raises Lost."""
    requeue(session, held, queue)
    send_after_commit(session, held.job_id, queue)


def put_off(
    session: Session, held: Held, queue: Queue, why: str, asked: float | None, *, got_on: bool
) -> None:
    """Queue a job for when a model server may answer again. Raises Lost if it is not ours.

    `asked` are the seconds that the server asked for; `got_on` says that the job made progress.
    """
    waits = 0 if got_on else held.waits
    seconds = pause(waits, asked, random.random())
    until = now() + timedelta(seconds=seconds)
    wait = {"not_before": until, "waits": waits + 1, "attempts": 0}
    _release(session, held, state="queued", queue=queue, error=why, **wait)
    send_after_commit(session, held.job_id, queue, seconds=seconds)


def lease_end(ports: Ports) -> datetime:
    """When a lease that is taken or renewed now runs out."""
    return now() + timedelta(seconds=ports.settings.job_lease_seconds)


def _release(session: Session, held: Held, **values: Any) -> None:
    mine = (Job.id == held.job_id, Job.lease == held.lease, Job.state == "running")
    free = {"lease": None, "lease_until": None, "not_before": None}
    if not rows_changed(session, update(Job).where(*mine).values(free | values)):
        raise Lost("The job was cancelled or taken over.")
