"""Holding a job: the lease that lets a worker write, and letting it go.

Promises: at most one worker holds a job, by one conditional UPDATE; a worker that lost its lease
can't write any more; a worker that lives keeps its lease, however long a model or a program lets it
wait; a job that was interrupted too often fails with a message instead of coming back for ever.
"""

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event, Thread

from sqlalchemy import or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.actions.ports import Ports
from app.core.errors import CalmError
from app.db.session import rows_changed, transaction
from app.db.tables import Job
from app.db.types import now

MAX_ATTEMPTS = 5
_log = logging.getLogger(__name__)


class Lost(CalmError):
    """The job is no longer ours: cancelled, or taken over after the lease ran out."""


@dataclass(frozen=True)
class Held:
    """A job that this worker holds. `attempts` counts the times since it last made progress.

    `lost` is set once it is known that the job is ours no more: long work looks at it and stops.
    """

    job_id: int
    lease: str
    kind: str
    project_id: int
    branch_id: int | None
    step_id: int | None
    dataset_id: int | None
    attempts: int
    lost: Event = field(default_factory=Event, compare=False)

    @property
    def worn_out(self) -> bool:
        """Whether it was begun too often without progress."""
        return self.attempts > MAX_ATTEMPTS


def hold(ports: Ports, job_id: int) -> Held | None:
    """Take a job that is queued or whose holder is gone; None if there is nothing to take."""
    lease = secrets.token_hex(16)
    free = or_(Job.state == "queued", (Job.state == "running") & (Job.lease_until < now()))
    with transaction(ports.engine) as session:
        taken = rows_changed(
            session,
            update(Job)
            .where(Job.id == job_id, free)
            .values(
                state="running",
                lease=lease,
                lease_until=_until(ports),
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
            attempts=job.attempts,
        )


def renew(ports: Ports, held: Held) -> bool:
    """Keep the lease; False if the job is no longer ours."""
    with transaction(ports.engine) as session:
        kept = rows_changed(
            session,
            update(Job)
            .where(Job.id == held.job_id, Job.lease == held.lease, Job.state == "running")
            .values(lease_until=_until(ports)),
        )
        return bool(kept)


@contextmanager
def keeping(ports: Ports, held: Held) -> Iterator[None]:
    """Keep the lease while the block works, from a thread of its own, at a third of its length.

    A model that thinks, and a program that runs, give no moment to do so in between.
    """
    over = Event()
    keeper = Thread(target=_keep, args=(ports, held, over), name=f"lease-{held.job_id}")
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join()


def _keep(ports: Ports, held: Held, over: Event) -> None:
    while not over.wait(ports.settings.job_lease_seconds / 3):
        try:
            if not renew(ports, held):
                held.lost.set()
                return
        except SQLAlchemyError as error:
            _log.warning("the lease of job %d could not be renewed yet: %s", held.job_id, error)


def let_go(session: Session, held: Held, state: str, error: str = "") -> None:
    """End the hold in the transaction that writes its result. Raises Lost if it is not ours.

    `queued` asks for another round: it made progress, so its attempts count anew.
    """
    gone = rows_changed(
        session,
        update(Job)
        .where(Job.id == held.job_id, Job.lease == held.lease, Job.state == "running")
        .values(
            state=state,
            lease=None,
            lease_until=None,
            error=error,
            **({"attempts": 0} if state == "queued" else {}),
        ),
    )
    if not gone:
        raise Lost("The job was cancelled or taken over.")


def _until(ports: Ports) -> datetime:
    return now() + timedelta(seconds=ports.settings.job_lease_seconds)
