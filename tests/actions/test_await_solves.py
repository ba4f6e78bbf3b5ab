"""A review sees what the path's code solved: it waits for the examinations, and never for ever."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from app.actions.cases import case_of
from app.actions.ports import Ports
from app.actions.work import hold
from app.actions.work_on import fail, work_on
from app.core.trace import Step
from app.db.convert import add_steps
from app.db.session import reading, transaction
from app.db.tables import Branch, Job, ProblemRow, Project, Review, Trace
from app.live import broker

CODE = """\
import pulp
m = pulp.LpProblem("m", pulp.LpMaximize)
x = pulp.LpVariable("x", 0, 2.5, cat="Integer")
m += 3 * x
m.solve(pulp.HiGHS(msg=0))
m.solve(pulp.HiGHS(msg=0))
"""


@pytest.fixture
def solved(ports: Ports, project: Project, problem: Callable[..., int]) -> tuple[int, int, int]:
    """A closed branch whose code was executed and whose models wait; the jobs solves and review."""
    with transaction(ports.engine) as session:
        row = session.get_one(ProblemRow, problem("What is the most?", 7))
        trace = Trace(project_id=project.id, problem=row, origin="imported")
        branch = Branch(trace=trace, number=1, outcome="imported")
        session.add(branch)
        session.flush()
        code = Step(kind="code", author="reasoner", text=f"```python\n{CODE}```\n")
        (step,) = add_steps(session, branch, [code])
        check = Job(
            project_id=project.id,
            branch_id=branch.id,
            step_id=step.id,
            kind="check",
            queue="execution",
        )
        session.add(check)
        session.flush()
        check_id = check.id
    work_on(ports, check_id)
    with transaction(ports.engine) as session:
        review = Job(project_id=project.id, branch_id=branch.id, kind="review", queue="model")
        session.add(review)
        session.flush()
        solves = session.scalars(select(Job.id).where(Job.kind == "solves")).one()
        return branch.id, solves, review.id


def state_of(ports: Ports, job_id: int) -> str:
    with reading(ports.engine) as session:
        return session.get_one(Job, job_id).state


def looks(ports: Ports) -> int:
    with reading(ports.engine) as session:
        return len(session.scalars(select(Review)).all())


def messages() -> int:
    """How many messages wait in the broker for those who ask models."""
    return int(broker().llen("model"))


def test_a_review_waits_for_the_models_and_is_woken(
    ports: Ports, solved: tuple[int, int, int]
) -> None:
    _, solves, review = solved
    before = messages()
    work_on(ports, review)
    assert (state_of(ports, review), looks(ports), messages()) == ("queued", 0, before)
    work_on(ports, solves)
    assert messages() == before + 1
    work_on(ports, review)
    assert state_of(ports, review) == "done"
    assert looks(ports) == 2


def test_an_examination_that_failed_ends_the_waiting(
    ports: Ports, solved: tuple[int, int, int]
) -> None:
    _, solves, review = solved
    held = hold(ports, solves)
    assert held is not None
    before = messages()
    fail(ports, held, "the sandbox burnt down")
    assert messages() == before + 1
    work_on(ports, review)
    assert state_of(ports, review) == "done"


def test_a_case_has_what_each_solve_was_found_to_be(
    ports: Ports, solved: tuple[int, int, int]
) -> None:
    branch_id, solves, _ = solved
    with reading(ports.engine) as session:
        before = case_of(session, session.get_one(Branch, branch_id))
    assert before.examined == {0: (None, None)}
    work_on(ports, solves)
    with reading(ports.engine) as session:
        case = case_of(session, session.get_one(Branch, branch_id))
    assert len(case.executions[0].solves) == 2
    for examination in case.examined[0]:
        assert examination
        assert examination.model
        assert examination.solved
        assert examination.relaxed
        assert examination.model.sense == "max"
        assert (examination.solved.objective, examination.relaxed.objective) == (6, 7.5)
