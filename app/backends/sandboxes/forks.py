"""The sleeping forks of a worker's sessions, by what they have executed.

Promises: no more than so many sleep, none for longer than so long without being woken, and the
oldest go first where the machine runs short of memory. A session with forks lives on when it is
left, with them alone, and ends with the last of them. One that is in use wakes for nobody else.

A key stands for all that the state comes from: whoever makes it up answers for that. What this
sandbox itself adds, the packages and the level, can't change while its forks live.
"""

import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.backends.sandboxes.supervisor import SupervisedSession

_LEAST_FREE = 0.1
"""Of the machine's memory; below it forks are given up."""
_LOOK_SECONDS = 5.0


@dataclass
class _Fork:
    session: SupervisedSession
    number: int
    expires: float


class Forks:
    """Threads may share it."""

    def __init__(self, most: int = 0, minutes: float = 0) -> None:
        self._most, self._seconds = most, minutes * 60
        self._lock = threading.RLock()
        self._kept: dict[str, _Fork] = {}  # the one that was used last stands last
        self._in_use: set[SupervisedSession] = set()
        self._looking: threading.Thread | None = None
        self._owner = os.getpid()

    def keep(self, key: str, session: SupervisedSession) -> bool:
        """Whether a fork of this state sleeps under `key` now."""
        with self._lock:
            if fork := self._kept.get(key):
                self._keep(key, fork)
            if fork or not self._most:
                return bool(fork)
        if (number := session.fork()) is None:
            return False
        with self._lock:
            self._keep(key, _Fork(session, number, 0))
            self._trim()
            return key in self._kept

    @contextmanager
    def using(self, session: SupervisedSession) -> Iterator[SupervisedSession]:
        """In use until the block is left; then only its forks are left of it."""
        with self._lock:
            self._in_use.add(session)
        try:
            yield session
        finally:
            rests = session.rest()
            with self._lock:
                self._in_use.discard(session)
                if not rests or not self._numbers(session):
                    self._end(session)

    def wake(self, keys: Sequence[str]) -> SupervisedSession | None:
        """A session that goes on from the first of these that sleeps, for `using` to be used."""
        while found := self._find(keys):
            key, fork = found
            if fork.session.wake(fork.number):
                fork.session.woken = key
                return fork.session
            with self._lock:
                self._end(fork.session)
        return None

    def _find(self, keys: Sequence[str]) -> tuple[str, _Fork] | None:
        """The first of these that can be woken, which is in use from now on."""
        with self._lock:
            if self._owner != os.getpid():  # a copy of this process: they are the original's
                self._kept, self._in_use, self._owner = {}, set(), os.getpid()
            self._trim()
            for key in keys:
                fork = self._kept.get(key)
                if fork and fork.session not in self._in_use:
                    self._keep(key, fork)
                    self._in_use.add(fork.session)
                    return key, fork
        return None

    def close(self) -> None:
        with self._lock:
            for session in {fork.session for fork in self._kept.values()} - self._in_use:
                self._end(session)
            self._kept.clear()

    def _keep(self, key: str, fork: _Fork) -> None:
        fork.expires = time.monotonic() + self._seconds
        self._kept[key] = self._kept.pop(key, fork)
        if self._looking is None:
            self._looking = threading.Thread(target=self._look, daemon=True)
            self._looking.start()

    def _look(self) -> None:
        """Beside everything else, while there are forks."""
        while True:
            time.sleep(_LOOK_SECONDS)
            with self._lock:
                self._trim()
                if not self._kept:
                    self._looking = None
                    return

    def _trim(self) -> None:
        now = time.monotonic()
        short = _free_memory() < _LEAST_FREE
        for n, (key, fork) in enumerate(reversed(list(self._kept.items()))):
            if n >= self._most or fork.expires <= now or short:
                self._drop(key)

    def _drop(self, key: str) -> None:
        session = self._kept.pop(key).session
        # Its own thread talks to one that is in use, and ends what has no key when it leaves it.
        if session not in self._in_use and not self._numbers(session):
            self._end(session)

    def _numbers(self, session: SupervisedSession) -> set[int]:
        """Of its forks that are still to be kept; the others end here."""
        numbers = {fork.number for fork in self._kept.values() if fork.session is session}
        for number in session.sleeping - numbers:
            session.drop(number)
        return numbers

    def _end(self, session: SupervisedSession) -> None:
        session.close()
        self._in_use.discard(session)
        for key in [key for key, fork in self._kept.items() if fork.session is session]:
            del self._kept[key]


def _free_memory() -> float:
    """The share of the machine's memory that is free or can be freed. Source: proc_meminfo(5)."""
    lines = Path("/proc/meminfo").read_text().splitlines()
    known = {name: int(rest.split()[0]) for name, _, rest in (it.partition(":") for it in lines)}
    return known["MemAvailable"] / known["MemTotal"]
