"""Two machines whose clocks differ by days still agree on when a lease, a claim, a token ends."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.actions.accounts import create_user, login_of, open_login
from app.actions.answer_once import Answer, begin_once, finish_once
from app.actions.claims import claim_next, claim_trace, seconds_held
from app.actions.invitations import invitation_of, invite
from app.actions.ports import Ports
from app.actions.start_trace import start_trace
from app.actions.tokens import actor_of_bearer, create_token
from app.actions.work import hold
from app.actions.work_on import sweep
from app.core.errors import Conflict
from app.core.roles import SCRIPT, Actor
from app.db import clock
from app.db.session import reading, transaction
from app.db.tables import Claim, Job, Project, Trace
from app.db.types import now
from workers import app

# SQLite is one machine.
pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
SKEWS = [timedelta(days=-40), timedelta(minutes=-10), timedelta(minutes=10), timedelta(days=40)]
Move = Callable[[timedelta], None]


@pytest.fixture(autouse=True)
def _as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a database said by a clock of a test is not what later tests go by."""
    monkeypatch.setattr(clock, "_told", None)


@pytest.fixture
def move(ports: Ports, monkeypatch: pytest.MonkeyPatch) -> Iterator[Move]:
    """Go on at another machine, whose clock is so much ahead, in a worker that just started."""
    monkeypatch.setattr(app, "settings", lambda: ports.settings)

    def to(ahead: timedelta) -> None:
        monkeypatch.setattr(clock, "_told", None)
        monkeypatch.setattr(clock, "_wall", lambda: datetime.now(UTC) + ahead)
        app.ports().engine.dispose()
        app.ports.cache_clear()

    yield to
    app.ports().engine.dispose()
    app.ports.cache_clear()


@pytest.fixture(params=SKEWS, ids=str)
def machines(request: pytest.FixtureRequest) -> tuple[timedelta, timedelta]:
    """The clocks of a first machine, which begins something, and of a second one."""
    return request.param, timedelta(0)


def test_a_lease_ends_for_all_machines_at_once(
    ports: Ports, problem: Callable[..., int], move: Move, machines: tuple[timedelta, timedelta]
) -> None:
    first, second = machines
    with transaction(ports.engine) as session:
        start_trace(session, SCRIPT, problem("?"))
    with reading(ports.engine) as session:
        job_id = session.scalars(select(Job.id)).one()
    move(first)
    assert hold(ports, job_id)
    move(second)
    assert sweep(ports) == 0
    assert hold(ports, job_id) is None
    move(first)
    assert sweep(ports) == 0


def test_a_claim_is_one_persons_on_all_machines(
    ports: Ports,
    project: Project,
    problem: Callable[..., int],
    person: Callable[..., Actor],
    move: Move,
    machines: tuple[timedelta, timedelta],
) -> None:
    ann, bob = person("ann"), person("bob")
    with transaction(ports.engine) as session:
        trace = Trace(project_id=project.id, problem_id=problem("?"), origin="generated")
        trace.state = "review"
        session.add(trace)
        session.flush()
        session.add(Claim(trace_id=trace.id, slot=1))
    for beginning, other in (machines, machines[::-1]):
        move(beginning)
        with transaction(ports.engine) as session:
            assert claim_next(session, ann, project.id) == trace.id
            assert 1_700 < seconds_held(session, ann, trace.id, keep=True) <= 1_800
        move(other)
        with transaction(ports.engine) as session:
            assert claim_next(session, bob, project.id) is None
            assert 1_700 < seconds_held(session, ann, trace.id) <= 1_800
            with pytest.raises(Conflict):
                claim_trace(session, bob, trace.id)


def test_what_lets_in_ends_for_all_machines_at_once(
    ports: Ports, project: Project, move: Move, machines: tuple[timedelta, timedelta]
) -> None:
    for beginning, other in (machines, machines[::-1]):
        move(beginning)
        with transaction(ports.engine) as session:
            ann = create_user(session, SCRIPT, f"ann {beginning}", None)
            cookie = open_login(session, ann, "session")
            bearer = create_token(session, SCRIPT, ann.id, "ci", ["read"], 1)
            invitation = invite(session, SCRIPT, project.id, "viewer") or ""
        move(other)
        assert actor_of_bearer(ports.engine, bearer).id == ann.id
        with reading(ports.engine) as session:
            assert login_of(session, cookie)
            assert invitation_of(session, invitation)


def test_a_key_of_a_request_is_kept_for_its_day_on_all_machines(
    ports: Ports, move: Move, machines: tuple[timedelta, timedelta]
) -> None:
    with transaction(ports.engine) as session:
        ann = create_user(session, SCRIPT, "ann", None)
        bearer = create_token(session, SCRIPT, ann.id, "ci", ["read"], 1)
    token = actor_of_bearer(ports.engine, bearer).token or 0
    answer = Answer(status=204, headers={}, body=b"")
    for at, (beginning, other) in enumerate((machines, machines[::-1])):
        move(beginning)
        assert begin_once(ports.engine, token, f"key {at}", "request") is None
        finish_once(ports.engine, token, f"key {at}", answer)
        move(other)
        assert begin_once(ports.engine, token, f"key {at}", "request") == answer


def test_a_clock_that_is_set_anew_changes_nothing(ports: Ports, move: Move) -> None:
    with reading(ports.engine):
        before = now()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "_wall", lambda: datetime.now(UTC) + timedelta(days=1))
        assert timedelta(0) <= now() - before < timedelta(minutes=5)


def test_the_database_is_asked_again_after_a_while(
    ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A steady clock that runs too fast leads nobody away for long."""
    with reading(ports.engine):
        plain, started = clock._steady, clock._steady()
    monkeypatch.setattr(clock, "_steady", lambda: started + (plain() - started) + 3600)
    assert now() - datetime.now(UTC) > timedelta(minutes=50)
    with reading(ports.engine):
        assert abs(now() - datetime.now(UTC)) < timedelta(minutes=5)
