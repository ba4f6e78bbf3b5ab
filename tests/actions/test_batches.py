"""Batches of many: begun and stopped by hundreds, whole where they are small, never begun twice."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.actions.batches import fill_batch, progress_of, start_batch, stop_batch
from app.actions.cancel import retry_branch
from app.actions.ports import Ports
from app.actions.run_project import fill_run, open_run
from app.actions.start_trace import start_trace
from app.core.errors import NotFound, Refused
from app.core.roles import SCRIPT
from app.db.session import after_commit, reading, transaction
from app.db.tables import Base, Batch, Branch, Job, Project, Trace

Problem = Callable[..., int]


@pytest.fixture
def many(problem: Problem) -> list[int]:
    """One problem three hundred times: as many traces."""
    return [problem("How many?")] * 300


def count(ports: Ports, table: type[Base]) -> int:
    with reading(ports.engine) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def state_of(ports: Ports, batch_id: int) -> str:
    with reading(ports.engine) as session:
        return progress_of(session, batch_id).state


def test_a_batch_is_filled_and_stopped_by_hundreds(
    ports: Ports, project: Project, many: list[int]
) -> None:
    batch_id = start_batch(ports, SCRIPT, project.id, "generate", many[:1])
    committed = []

    def start(session: Session, problem_id: int) -> None:
        committed.append(count(ports, Trace))
        start_trace(session, SCRIPT, problem_id, batch_id)

    fill_batch(ports, batch_id, many[:101], start)
    assert sorted(set(committed)) == [1, 101]
    stop_batch(ports, SCRIPT, batch_id)
    with reading(ports.engine) as session:
        progress = progress_of(session, batch_id)
        assert (progress.cancelled, progress.total, progress.state) == (102, 102, "stopped")
        assert set(session.scalars(select(Branch.outcome))) == {"cancelled"}


def test_a_stopped_batch_begins_nothing_more(
    ports: Ports, project: Project, many: list[int]
) -> None:
    batch_id = start_batch(ports, SCRIPT, project.id, "generate", many[:1])

    begun = []

    def start(session: Session, problem_id: int) -> None:
        begun.append(problem_id)
        session.execute(update(Batch).values(state="stopped"))  # as another process would

    fill_batch(ports, batch_id, many, start)
    assert len(begun) == 100


def test_a_batch_whose_stopping_broke_off_runs_and_can_be_stopped_again(
    ports: Ports, project: Project, many: list[int]
) -> None:
    batch_id = start_batch(ports, SCRIPT, project.id, "generate", many[:2])
    with transaction(ports.engine) as session:
        session.execute(update(Batch).values(state="stopped"))
    assert state_of(ports, batch_id) == "running"
    stop_batch(ports, SCRIPT, batch_id)
    assert state_of(ports, batch_id) == "stopped"


def test_of_a_batch_that_is_refused_nothing_begins(
    ports: Ports, project: Project, many: list[int]
) -> None:
    with pytest.raises(NotFound):
        start_batch(ports, SCRIPT, project.id, "generate", [*many, 10_000])
    assert count(ports, Batch) == count(ports, Trace) == 0
    start_batch(ports, SCRIPT, project.id, "generate", many[:1])
    with reading(ports.engine) as session:
        growing = session.scalars(select(Branch.id)).all()
    with pytest.raises(Refused, match="still writing"):
        start_batch(ports, SCRIPT, project.id, "propose", growing)
    assert (count(ports, Batch), count(ports, Job)) == (1, 1)


def test_a_run_leaves_to_others_what_they_took_up_meanwhile(
    ports: Ports, project: Project, many: list[int], work: Callable[[], int]
) -> None:
    first = open_run(ports, SCRIPT, project.id, 2)
    assert first
    fill_run(ports, SCRIPT, first)
    stop_batch(ports, SCRIPT, first.batch_id)
    again = open_run(ports, SCRIPT, project.id, 2)
    assert again
    with transaction(ports.engine) as session:
        retry_branch(session, SCRIPT, again.left[0])
    fill_run(ports, SCRIPT, again)
    with reading(ports.engine) as session:
        assert progress_of(session, again.batch_id).total == 1


def test_one_message_that_fails_is_the_last_that_is_tried(ports: Ports) -> None:
    tried = []

    def tell() -> None:
        tried.append(1)
        raise ConnectionError

    with transaction(ports.engine) as session:
        after_commit(session, tell)
        after_commit(session, tell)
    assert tried == [1]
