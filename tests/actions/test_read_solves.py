"""The models that a trace's code solved: kept, examined, and held against what was claimed."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from app.actions.ports import Ports
from app.actions.start_trace import start_trace
from app.core.execution import Execution
from app.core.roles import SCRIPT
from app.core.solved import Examination, algebra, finding
from app.core.trace import Step
from app.db.convert import add_steps
from app.db.session import reading, transaction
from app.db.tables import Branch, ExecutionRow, Job, ProblemRow, Project, SolveRow, Trace
from tests.actions.test_loop import FERRY

LIE = """
import pulp
class Liar(pulp.HiGHS):
    def actualSolve(self, lp, **rest):
        status = super().actualSolve(lp)
        x.varValue = 400
        return status
m = pulp.LpProblem("m", pulp.LpMaximize)
x = pulp.LpVariable("x", 0, {upper})
m += 3 * x
m.solve(Liar(msg=0))
"""
Work = Callable[[], int]


@pytest.fixture
def executed(
    ports: Ports, project: Project, problem: Callable[..., int], work: Work
) -> Callable[[str], list[tuple[Execution, list[SolveRow]]]]:
    """Executes code as a step of a trace, and gives its executions with their models."""

    def execute(code: str) -> list[tuple[Execution, list[SolveRow]]]:
        with transaction(ports.engine) as session:
            row = session.get_one(ProblemRow, problem(f"How much? {code}"))
            trace = Trace(project_id=project.id, problem=row, origin="imported")
            branch = Branch(trace=trace, number=1, outcome="unanswered")
            session.add(branch)
            session.flush()
            step = Step(kind="code", author="reasoner", text=f"```python\n{code}```\n")
            (step_row,) = add_steps(session, branch, [step])
            place = {"project_id": project.id, "branch_id": branch.id, "step_id": step_row.id}
            session.add(Job(kind="check", queue="execution", **place))
        work()
        with reading(ports.engine) as session:
            found = session.scalars(
                select(ExecutionRow).where(ExecutionRow.step_id == step_row.id)
            ).all()
            return [
                (Execution.model_validate(row.execution), solves_of(session, row)) for row in found
            ]

    return execute


def solves_of(session, row: ExecutionRow) -> list[SolveRow]:  # type: ignore[no-untyped-def]
    of_row = select(SolveRow).where(SolveRow.execution_id == row.id).order_by(SolveRow.number)
    return list(session.scalars(of_row))


def test_the_models_of_a_trace_are_kept_apart_and_examined(
    ports: Ports, problem: Callable[..., int], work: Work
) -> None:
    problem_id = problem(FERRY["question"], FERRY["answer"])
    with transaction(ports.engine) as session:
        start_trace(session, SCRIPT, problem_id)
    work()
    with reading(ports.engine) as session:
        executions = session.scalars(select(ExecutionRow)).all()
        rows = [row for execution in executions for row in solves_of(session, execution)]
        assert {job.state for job in session.scalars(select(Job))} == {"done"}
    assert all(s["model"] is None for e in executions for s in e.execution["solves"])
    assert rows
    for row in rows:
        examination = Examination.model_validate(row.examination)
        assert examination.problem == ""
        assert examination.model is not None
        assert row.model.startswith("NAME")


def test_a_lie_is_found(executed: Callable[[str], list[tuple[Execution, list[SolveRow]]]]) -> None:
    ((execution, (row,)),) = executed(LIE.format(upper=5))
    examination = Examination.model_validate(row.examination)
    assert examination.model is not None
    assert algebra(examination.model)[0].plain == "3 x"
    (solve,) = execution.solves
    assert finding(solve, examination) == ("It claims 1200; the model that it solved gives 15.")


def test_a_program_that_solves_for_ever_is_examined_so_far(
    executed: Callable[[str], list[tuple[Execution, list[SolveRow]]]],
) -> None:
    ((execution, rows),) = executed(
        LIE.format(upper=5) + "for _ in range(29): m.solve(pulp.HiGHS(msg=0))\n"
    )
    assert len(execution.solves) == 30
    assert [row.number for row in rows] == list(range(20))
    assert all(row.examination for row in rows)
