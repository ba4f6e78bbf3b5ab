"""Guesses are counted, made to wait, and never shut anybody out for ever."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app.actions import attempts
from app.actions.attempts import Guess, by_name, by_network, count_guess, forgive
from app.actions.ports import Ports
from app.core.errors import TooMany
from app.db.session import reading, transaction
from app.db.tables import Attempt
from app.db.types import now


class Clock:
    """The time, which a test moves on."""

    def __init__(self) -> None:
        self.at = now()

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock that guesses are timed with."""
    made = Clock()
    monkeypatch.setattr(attempts, "now", made)
    return made


def guess(ports: Ports, *guesses: Guess) -> None:
    """Count one."""
    with transaction(ports.engine) as session:
        count_guess(session, *guesses)


def test_the_wait_grows_and_ends_by_itself(ports: Ports, clock: Clock) -> None:
    waits = []
    for _ in range(20):
        guess(ports, by_name("ann"))
        try:
            guess(ports, by_name("ann"))
        except TooMany as refused:
            waits.append(refused.seconds)
            clock.at += timedelta(seconds=refused.seconds)
    assert waits[:4] == [5, 9, 17, 33]
    assert waits == sorted(waits)
    assert waits[-1] == by_name("ann").longest + 1


def test_a_refused_guess_does_not_make_the_wait_longer(ports: Ports, clock: Clock) -> None:
    for _ in range(5):
        guess(ports, by_name("ann"))
    for _ in range(50):
        with pytest.raises(TooMany):
            guess(ports, by_name("ann"))
    clock.at += timedelta(seconds=4)
    guess(ports, by_name("ann"))


def test_names_are_counted_apart_and_a_network_over_all_of_them(ports: Ports, clock: Clock) -> None:
    network = by_network("203.0.113.7")
    for number in range(network.free):
        guess(ports, by_name(f"name {number}"), network)
    with pytest.raises(TooMany):
        guess(ports, by_name("one more"), network)
    guess(ports, by_name("one more"), by_network("203.0.113.8"))


def test_who_was_right_begins_anew_but_a_network_does_not(ports: Ports, clock: Clock) -> None:
    name, network = by_name("ann"), by_network("203.0.113.7")
    for _ in range(4):
        guess(ports, name, network)
    with transaction(ports.engine) as session:
        forgive(session, name, network)
    with reading(ports.engine) as session:
        kept = session.scalars(select(Attempt)).one()
        assert (kept.key, kept.count) == (network.key, 3)
        assert "203" not in kept.key


def test_what_was_counted_is_forgotten_after_a_day(ports: Ports, clock: Clock) -> None:
    guess(ports, by_name("ann"))
    clock.at += timedelta(days=1, seconds=1)
    guess(ports, by_name("bob"))
    with reading(ports.engine) as session:
        assert [one.key for one in session.scalars(select(Attempt))] == [by_name("bob").key]
