"""Keeping the leases of the jobs that this process holds, and hearing that one was lost.

Promises: a worker that lives keeps its leases, however long a model or a program lets it wait; work
whose job was cancelled or taken over hears of it within about a second. One thread asks for all of
a process's jobs at once, and has left the database alone when the last of them is kept no longer.
"""

import logging
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Event, Lock, Thread
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select, update
from sqlalchemy.exc import SQLAlchemyError

from app.actions.ports import Ports
from app.actions.work import Held, lease_end
from app.db.session import reading, transaction
from app.db.tables import Job

LOOKS_EVERY = 1.0
_log = logging.getLogger(__name__)
_keepers: "WeakKeyDictionary[Engine, _Keeper]" = WeakKeyDictionary()
_making = Lock()


@contextmanager
def keeping(ports: Ports, held: Held) -> Iterator[None]:
    """Keep the lease while the block works; it gives no moment to do so in between."""
    with _making:
        keeper = _keepers.setdefault(ports.engine, _Keeper())
    keeper.add(ports, held)
    try:
        yield
    finally:
        keeper.remove(held)


class _Keeper:
    """The jobs that are held over one engine, and the thread that looks after them."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._held: dict[str, Held] = {}
        self._none = Event()
        self._thread: Thread | None = None

    def add(self, ports: Ports, held: Held) -> None:
        with self._lock:
            if not self._held:
                self._none = Event()
                self._thread = Thread(target=self._keep, args=(ports, self._none), daemon=True)
                self._thread.start()
            self._held[held.lease] = held

    def remove(self, held: Held) -> None:
        with self._lock:
            del self._held[held.lease]
            if self._held:
                return
            self._none.set()
            thread = self._thread
        # It may be asking just now. Whoever then disposes of the engine must not take its
        # connection from under it.
        if thread:
            thread.join()

    def _keep(self, ports: Ports, none: Event) -> None:
        third = ports.settings.job_lease_seconds / 3
        renewed = time.monotonic()
        while not none.wait(min(LOOKS_EVERY, third)):
            with self._lock:
                held = tuple(self._held.values())
            late = time.monotonic() - renewed >= third
            try:
                look_after(ports, held, renew=late)
            except SQLAlchemyError as error:
                _log.warning("the leases could not be looked after yet: %s", error)
                continue
            renewed = time.monotonic() if late else renewed


def look_after(ports: Ports, held: Iterable[Held], *, renew: bool) -> None:
    """Tell those whose job is not theirs any more; `renew` the leases of the others."""
    ours = {each.lease: each for each in held}
    mine = (Job.lease.in_(ours), Job.state == "running")
    if renew:
        with transaction(ports.engine) as session:
            session.execute(update(Job).where(*mine).values(lease_until=lease_end(ports)))
    with reading(ports.engine) as session:
        kept = set(session.scalars(select(Job.lease).where(*mine)))
    for lease, each in ours.items():
        if lease not in kept:
            each.lose()
