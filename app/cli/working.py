"""Doing a job in this process, with a bar, as a worker would; unless one was first."""

import time
from collections.abc import Callable
from threading import Thread
from typing import Protocol, TypeVar

from sqlalchemy import select

from app.actions.ports import Ports
from app.actions.work_on import work_on
from app.cli.common import progress, read
from app.db.tables import Job

_LOOKS_EVERY = 0.1


class Work(Protocol):
    """A row that says how far its job is."""

    @property
    def state(self) -> str:
        """What became of it so far."""

    @property
    def done(self) -> int:
        """How much went by."""

    @property
    def total(self) -> int | None:
        """Of how much; nothing until that is known."""


T = TypeVar("T", bound=Work)


def newest_job(ports: Ports, **of: int) -> int:
    """The job that was put last for a row: one that failed may have had others before."""
    newest = select(Job.id).filter_by(**of).order_by(Job.id.desc()).limit(1)
    return read(ports, lambda session: session.scalars(newest).one())


def worked(ports: Ports, label: str, job_id: int, find: Callable[[], T], going: str) -> T:
    """The row that `find` gives once its state is no more `going`."""
    worker = Thread(target=work_on, args=(ports, job_id), daemon=True)
    worker.start()
    with progress(label, _once_known(find, going)) as told:
        while (row := find()).state == going:
            time.sleep(_LOOKS_EVERY)
            told(row.done)
    worker.join()
    return row


def _once_known(find: Callable[[], T], going: str) -> int | None:
    """How much there will be; None where it ended before that was said."""
    while (row := find()).state == going and not row.total:
        time.sleep(_LOOKS_EVERY)
    return row.total
