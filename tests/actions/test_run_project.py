"""Running a whole project: what is missing is started once, and what was left is gone on with."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from app.actions.batches import start_batch, stop_batch
from app.actions.ports import Ports
from app.actions.run_project import Run, Tally, fill_run, open_run, tally_of
from app.backends.reasoners.recordings import load
from app.core.errors import NotAllowed, Refused
from app.core.roles import SCRIPT, Actor
from app.db.session import transaction
from app.db.tables import Project, Trace

Problem = Callable[..., int]


@pytest.fixture
def problems(problem: Problem) -> list[int]:
    """Two that a recording knows, and one that none does."""
    known = [problem(recording.question) for recording in load()[:2]]
    return [*known, problem("What is the most?", 7)]


def begin(ports: Ports, project: Project, times: int = 1) -> Run | None:
    run = open_run(ports, SCRIPT, project.id, times)
    if run:
        fill_run(ports, SCRIPT, run)
    return run


def tally(ports: Ports, run: Run | None) -> Tally:
    assert run
    with transaction(ports.engine) as session:
        return tally_of(session, run.batch_id)


def traces(ports: Ports) -> int:
    with transaction(ports.engine) as session:
        return session.scalar(select(func.count()).select_from(Trace)) or 0


def test_a_run_writes_every_problem_once(
    ports: Ports, project: Project, problems: list[int], work: Callable[[], int]
) -> None:
    run = begin(ports, project)
    assert begin(ports, project) is None
    work()
    found = tally(ports, run)
    assert (found.written, dict(found.failures)) == (2, {"no_recording": 1})
    assert begin(ports, project) is None
    more = begin(ports, project, times=3)
    assert more is not None
    assert sorted(more.missing) == sorted(problems * 2)


def test_a_run_that_was_stopped_is_gone_on_with(
    ports: Ports, project: Project, problems: list[int], work: Callable[[], int]
) -> None:
    first = begin(ports, project)
    assert first
    stop_batch(ports, SCRIPT, first.batch_id)
    assert dict(tally(ports, first).failures) == {"cancelled": 3}
    second = begin(ports, project)
    assert second
    assert (len(second.left), second.missing) == (3, ())
    work()
    assert tally(ports, second).written == 2
    assert traces(ports) == len(problems)


def test_a_run_leaves_alone_what_a_person_stopped(
    ports: Ports, project: Project, problems: list[int], person: Callable[..., Actor]
) -> None:
    lead = person("Ada", "lead")
    stop_batch(ports, lead, start_batch(ports, lead, project.id, "generate", problems))
    assert begin(ports, project) is None


def test_a_run_that_was_cut_off_while_it_started_goes_on(
    ports: Ports, project: Project, problems: list[int]
) -> None:
    run = open_run(ports, SCRIPT, project.id, 1)
    assert run
    fill_run(ports, SCRIPT, run.model_copy(update={"missing": run.missing[:1]}))
    again = begin(ports, project)
    assert again
    assert sorted(again.missing) == sorted(problems[1:])


def test_a_run_begins_nothing_where_the_spending_cap_is_reached(
    ports: Ports, project: Project, problems: list[int]
) -> None:
    with transaction(ports.engine) as session:
        session.get_one(Project, project.id).spending_cap = 0.0
    with pytest.raises(Refused, match="spending cap"):
        open_run(ports, SCRIPT, project.id, 1)
    assert traces(ports) == 0


def test_only_leads_run_a_project(
    ports: Ports, project: Project, person: Callable[..., Actor]
) -> None:
    with pytest.raises(NotAllowed):
        open_run(ports, person("Eve", "annotator"), project.id, 1)
