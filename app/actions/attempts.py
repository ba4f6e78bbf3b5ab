"""Guesses at passwords and codes: counted per name and per network, with a wait that grows.

Promises: a guess is counted before it is looked at, so that many at the same moment count too; a
refused one is not counted, and every wait ends by itself, so nobody is shut out for ever; a name
that nobody has counts like any other. Stored are hashes of names and networks, for a day.
"""

import hashlib
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.core.errors import TooMany
from app.core.language import ngettext
from app.core.model import Frozen
from app.db.tables import Attempt
from app.db.types import now

_FORGOTTEN = timedelta(days=1)


class Guess(Frozen):
    """What a guess is counted under: `free` of them cost nothing, then each doubles the wait."""

    kind: str
    subject: str
    free: int
    longest: int

    @property
    def key(self) -> str:
        """Its hash, which stands in the table."""
        return hashlib.sha256(f"{self.kind}\0{self.subject}".encode()).hexdigest()

    def wait(self, count: int) -> timedelta:
        """After so many guesses."""
        over = count - self.free
        return timedelta(seconds=min(4 * 2 ** min(over, 20), self.longest) if over >= 0 else 0)


def by_name(name: str) -> Guess:
    """At the password of this name."""
    return Guess(kind="name", subject=name, free=5, longest=300)


def by_browser(cookie: str) -> Guess:
    """At the password of the person who came in with this browser before."""
    return Guess(kind="browser", subject=cookie, free=5, longest=300)


def by_network(group: str) -> Guess:
    """At anything, from this network: people may share one."""
    return Guess(kind="network", subject=group, free=30, longest=900)


def by_code(user_id: int) -> Guess:
    """At the second factor of this person."""
    return Guess(kind="code", subject=str(user_id), free=5, longest=300)


def by_reset(name: str) -> Guess:
    """At mails for a new password of this name, which are a nuisance to whoever gets them."""
    return Guess(kind="reset", subject=name, free=2, longest=3600)


def count_guess(session: Session, *guesses: Guess) -> None:
    """Count a guess before it is looked at. Raises TooMany while a wait lasts.

    The caller commits even where the guess is wrong: else nothing was counted.
    """
    session.execute(delete(Attempt).where(Attempt.at < now() - _FORGOTTEN))
    for guess in guesses:
        _count(session, guess)


def forgive(session: Session, right: Guess, *others: Guess) -> None:
    """After a right guess: forget what was counted under `right`, take one back from the others."""
    session.execute(delete(Attempt).where(Attempt.key == right.key))
    for guess in others:
        if row := _row(session, guess):
            row.count, row.until = max(0, row.count - 1), now()


def _count(session: Session, guess: Guess) -> None:
    row = _row(session, guess)
    if row is None:
        row = Attempt(key=guess.key, count=0, until=now())
        session.add(row)
    left = (row.until - now()).total_seconds()
    if left > 0:
        seconds = int(left) + 1
        raise TooMany(
            ngettext(
                "There were too many tries. Try again in %(num)s second.",
                "There were too many tries. Try again in %(num)s seconds.",
                seconds,
            ),
            seconds,
        )
    row.count, row.at = row.count + 1, now()
    row.until = row.at + guess.wait(row.count)


def _row(session: Session, guess: Guess) -> Attempt | None:
    return session.scalar(select(Attempt).where(Attempt.key == guess.key).with_for_update())
