"""Time on the task: never more than passed, for the person alone."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.actions import working_time
from app.actions.ports import Ports
from app.actions.start_trace import start_trace
from app.actions.working_time import MOST, days_of, report_time, time_on
from app.core.errors import NotAllowed
from app.core.roles import Actor
from app.db.session import transaction
from app.db.tables import Trace, WorkMark, WorkTime
from app.db.types import now


@pytest.fixture
def trace(ports: Ports, problem: Callable[..., int], person: Callable[..., Actor]) -> int:
    """A trace to work on."""
    with transaction(ports.engine) as session:
        return start_trace(session, person("Lea", "lead"), problem("How many?")).id


def passes(ports: Ports, seconds: float) -> None:
    """Let time pass: the last report was `seconds` ago."""
    with transaction(ports.engine) as session:
        session.execute(update(WorkMark).values(at=now() - timedelta(seconds=seconds)))


def report(ports: Ports, actor: Actor, trace: int, seconds: float) -> float:
    """What a page sends."""
    with transaction(ports.engine) as session:
        return report_time(session, actor, trace, seconds)


def test_the_first_report_adds_nothing_and_the_next_what_passed(
    ports: Ports, person: Callable[..., Actor], trace: int
) -> None:
    ann = person("Ann")
    assert report(ports, ann, trace, 50) == 0
    passes(ports, 15.5)
    assert report(ports, ann, trace, 15) == 15
    passes(ports, 30)
    assert report(ports, ann, trace, 5) == 20


def test_no_client_adds_more_than_passed_or_than_a_step(
    ports: Ports, person: Callable[..., Actor], trace: int
) -> None:
    ann = person("Ann")
    report(ports, ann, trace, 0)
    passes(ports, 10)
    assert report(ports, ann, trace, 10**9) == pytest.approx(10, abs=1)
    assert report(ports, ann, trace, 10**9) == pytest.approx(10, abs=1)
    assert report(ports, ann, trace, -50) == pytest.approx(10, abs=1)
    passes(ports, 3600)
    assert report(ports, ann, trace, 3600) == pytest.approx(10 + MOST, abs=1)


def test_two_traces_share_one_clock(
    ports: Ports, person: Callable[..., Actor], problem: Callable[..., int], trace: int
) -> None:
    ann = person("Ann")
    with transaction(ports.engine) as session:
        other = start_trace(session, person("Lou", "lead"), problem("And now?")).id
    report(ports, ann, trace, 0)
    passes(ports, 20)
    report(ports, ann, trace, 20)
    report(ports, ann, other, 20)
    with transaction(ports.engine) as session:
        assert time_on(session, ann.id, trace) == 20
        assert time_on(session, ann.id, other) == pytest.approx(0, abs=1)


def test_days_are_the_persons_own_and_nothing_else_changes(
    ports: Ports, person: Callable[..., Actor], trace: int
) -> None:
    ann, bo = person("Ann"), person("Bo")
    with transaction(ports.engine) as session:
        revision = session.get_one(Trace, trace).revision
    for who in (ann, bo):
        report(ports, who, trace, 0)
        passes(ports, 12)
        report(ports, who, trace, 12)
    with transaction(ports.engine) as session:
        assert session.get_one(Trace, trace).revision == revision
        [day] = days_of(session, ann.id or 0)
        assert (day.project, day.seconds, day.traces) == ("Harbour", 12, 1)
        assert len(session.scalars(select(WorkTime)).all()) == 2


def test_a_viewer_has_none(ports: Ports, person: Callable[..., Actor], trace: int) -> None:
    with pytest.raises(NotAllowed):
        report(ports, person("Vi", "viewer"), trace, 5)
    assert working_time.MOST == 60
