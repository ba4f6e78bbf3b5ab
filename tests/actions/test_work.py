"""Jobs: held by one worker, taken over when it is gone, and never for ever."""

from collections.abc import Callable
from datetime import timedelta
from threading import Event, current_thread, main_thread
from time import sleep

import pytest
from sqlalchemy import QueuePool, event, select, text, update

from app.actions.batches import progress_of, start_batch, stop_batch
from app.actions.keeping import keeping, look_after
from app.actions.ports import Ports
from app.actions.projects import ProjectChange, change_project
from app.actions.start_trace import start_trace
from app.actions.work import MAX_ATTEMPTS, Lost, hold, let_go
from app.actions.work_on import sweep, work_on
from app.core.roles import SCRIPT
from app.db.session import reading, transaction
from app.db.tables import Branch, Job, Project, Trace
from app.db.types import now
from app.live import broker

Problem = Callable[..., int]


@pytest.fixture
def job(ports: Ports, problem: Problem) -> int:
    """A queued job: a trace of a problem that no recording knows."""
    with transaction(ports.engine) as session:
        start_trace(session, SCRIPT, problem("What is the most?", 7))
    with transaction(ports.engine) as session:
        return session.scalars(select(Job.id)).one()


def expire(ports: Ports, job_id: int) -> None:
    with transaction(ports.engine) as session:
        past = now() - timedelta(seconds=1)
        session.execute(update(Job).where(Job.id == job_id).values(lease_until=past))


def test_a_job_is_held_by_one_worker(ports: Ports, job: int) -> None:
    assert hold(ports, job) is not None
    assert hold(ports, job) is None


def test_a_worker_that_lost_its_lease_writes_nothing(ports: Ports, job: int) -> None:
    first = hold(ports, job)
    assert first is not None
    expire(ports, job)
    second = hold(ports, job)
    assert second is not None
    look_after(ports, [first, second], renew=True)
    assert (first.lost.is_set(), second.lost.is_set()) == (True, False)
    with transaction(ports.engine) as session, pytest.raises(Lost):
        let_go(session, first, "done")


def test_a_job_that_kills_its_workers_ends_with_a_message(ports: Ports, job: int) -> None:
    for _ in range(MAX_ATTEMPTS):
        assert hold(ports, job)
        expire(ports, job)
    work_on(ports, job)
    with transaction(ports.engine) as session:
        branch = session.scalars(select(Branch)).one()
        assert branch.outcome == "model_error"
        assert "again and again" in branch.detail
        assert session.get_one(Job, job).state == "failed"


def test_the_sweep_sends_what_a_dead_worker_left(ports: Ports, job: int) -> None:
    assert hold(ports, job)
    assert sweep(ports) == 0
    expire(ports, job)
    broker().delete("model")
    assert sweep(ports) == 1
    assert broker().llen("model") == 1


def test_the_sweep_sends_what_a_dead_worker_left_though_its_queue_is_long(
    ports: Ports, job: int
) -> None:
    assert broker().llen("model")
    assert hold(ports, job)
    expire(ports, job)
    assert [sweep(ports), sweep(ports)] == [1, 0]
    assert hold(ports, job)


def test_working_twice_on_one_job_does_no_harm(
    ports: Ports, job: int, work: Callable[[], int]
) -> None:
    work()
    with transaction(ports.engine) as session:
        before = session.scalars(select(Branch.outcome)).all()
    work_on(ports, job)
    with transaction(ports.engine) as session:
        assert session.scalars(select(Branch.outcome)).all() == before


def test_a_spending_cap_stops_the_reasoner_with_a_reason(
    ports: Ports, project: Project, job: int, work: Callable[[], int]
) -> None:
    with transaction(ports.engine) as session:
        change_project(session, SCRIPT, project.id, ProjectChange(spending_cap=0.0001))
        session.get_one(Project, project.id).spending_cap = 0.0
    work()
    with transaction(ports.engine) as session:
        branch = session.scalars(select(Branch)).one()
        assert branch.outcome == "spending_cap"


def test_a_database_that_is_locked_for_a_moment_fails_no_job(
    ports: Ports, job: int, work: Callable[[], int]
) -> None:
    if ports.engine.dialect.name != "sqlite":
        pytest.skip("what is locked there is waited for")
    # What nobody can write to fails as a locked database does, and at once.
    with transaction(ports.engine) as session:
        session.execute(text("ALTER TABLE usages RENAME TO locked"))
    work_on(ports, job)
    with transaction(ports.engine) as session:
        assert session.scalars(select(Branch.outcome)).one() is None
        session.execute(text("ALTER TABLE locked RENAME TO usages"))
        session.execute(update(Job).values(lease_until=now() - timedelta(seconds=1)))
    assert sweep(ports) == 1
    work()
    with transaction(ports.engine) as session:
        assert session.scalars(select(Branch.outcome)).one() == "no_recording"


def test_a_batch_is_watched_and_stopped(ports: Ports, project: Project, problem: Problem) -> None:
    ids = [problem(f"Problem {n}?") for n in range(3)]
    batch_id = start_batch(ports, SCRIPT, project.id, "generate", ids)
    with reading(ports.engine) as session:
        assert progress_of(session, batch_id).queued == 3
    stop_batch(ports, SCRIPT, batch_id)
    with reading(ports.engine) as session:
        progress = progress_of(session, batch_id)
        assert (progress.cancelled, progress.state) == (3, "stopped")
        assert set(session.scalars(select(Trace.state))) == {"failed"}


def test_the_lease_is_kept_while_the_work_gives_no_moment_to_renew_it(
    ports: Ports, job: int
) -> None:
    hasty = Ports(ports.engine, ports.settings.model_copy(update={"job_lease_seconds": 2}))
    held = hold(hasty, job)
    assert held is not None
    with transaction(ports.engine) as session:
        first = session.get_one(Job, job).lease_until
    assert first is not None
    with keeping(hasty, held):
        while now() < first:  # longer than the lease lasts
            sleep(0.05)
        assert hold(hasty, job) is None
    assert not held.lost.is_set()


def test_long_work_hears_that_its_job_was_cancelled(ports: Ports, job: int) -> None:
    hasty = Ports(ports.engine, ports.settings.model_copy(update={"job_lease_seconds": 2}))
    held = hold(hasty, job)
    assert held is not None
    with keeping(hasty, held):
        with transaction(ports.engine) as session:
            session.execute(update(Job).where(Job.id == job).values(state="cancelled", lease=None))
        assert held.lost.wait(30)


def test_nothing_is_asked_for_a_job_that_is_kept_no_longer(ports: Ports, job: int) -> None:
    hasty = Ports(ports.engine, ports.settings.model_copy(update={"job_lease_seconds": 1}))
    held = hold(hasty, job)
    assert held is not None
    asking = Event()

    def dawdle(*_: object) -> None:
        if current_thread() is not main_thread():
            asking.set()
            sleep(0.2)

    event.listen(ports.engine, "checkout", dawdle)
    with keeping(hasty, held):
        assert asking.wait(30)
    assert isinstance(ports.engine.pool, QueuePool)
    assert ports.engine.pool.checkedout() == 0
