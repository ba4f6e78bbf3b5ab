"""What time it is: the database's time, for every process and machine of an installation.

Promises: two machines whose clocks differ by minutes, or of which one is set anew, still agree on
when a lease, a claim, a session or a token ends. A process asks the database now and then, and goes
by a steady clock in between. SQLite is one machine, whose clock all its processes share.
"""

import time
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Engine, text

EVERY = 30.0
"""Seconds between questions: so far no steady clock is off by more than a millisecond."""
# Goes on while a machine sleeps, where the system has such a clock.
_STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class _Told(NamedTuple):
    """What the database said, and what the steady clock showed then."""

    at: datetime
    steady: float


_told: _Told | None = None


def now() -> datetime:
    """The present moment in UTC."""
    told = _told
    return told.at + timedelta(seconds=_steady() - told.steady) if told else _wall()


def keep_time(engine: Engine) -> None:
    """Ask the database what time it is, unless that was just done. No transaction may be open."""
    global _told
    if engine.dialect.name == "sqlite" or (_told and _steady() - _told.steady < EVERY):
        return
    with engine.connect() as connection:
        before = _steady()
        at = connection.scalar(text("SELECT clock_timestamp()"))
        _told = _Told(at.astimezone(UTC), (before + _steady()) / 2)


def _steady() -> float:
    return time.clock_gettime(_STEADY)


def _wall() -> datetime:
    return datetime.now(UTC)
