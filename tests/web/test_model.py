"""The model as solved on the workbench: hostile names, findings, changes, what is not known yet."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, select

from app.core.execution import Execution, Isolation, Limits, Solve
from app.core.solved import Conflict, Examination, Optimum, Row, SolvedModel, Variable
from app.core.trace import Step
from app.db.convert import add_steps
from app.db.session import transaction
from app.db.tables import Branch, ExecutionRow, Project, SolveRow
from tests.web.conftest import HOSTILE, Browser

MODEL = SolvedModel(
    sense="max",
    objective=((0, 3.0),),
    variables=(Variable(name=HOSTILE, upper=12.0),),
    rows=(Row(name=f"row {HOSTILE}", terms=((0, 2.0),), upper=10.0),),
)
TIGHTER = MODEL.model_copy(
    update={"rows": (MODEL.rows[0].model_copy(update={"upper": 7.0}),), "sense": "min"}
)
SOLVED = Examination(model=MODEL, solved=Optimum(status="Optimal", objective=15))


def solve(**facts: object) -> Solve:
    return Solve.model_validate({"library": HOSTILE, "status": "Optimal", "objective": 15} | facts)


Shown = Callable[..., tuple[str, str]]


@pytest.fixture
def shown(engine: Engine, project: Project, browser_of: Callable[..., Browser]) -> Shown:
    """Gives the model and the trace regions of a branch whose code made these solves."""

    def show(*solves: tuple[Solve, Examination | None]) -> tuple[str, str]:
        with transaction(engine) as session:
            branch = session.scalars(select(Branch)).one()
            step = Step(kind="code", author="reasoner", text="```python\nsolve()\n```\n")
            (row,) = add_steps(session, branch, [step])
            execution = Execution(
                status="ok",
                isolation=Isolation(level="full", reason="walls"),
                limits=Limits(),
                solves=tuple(each for each, _ in solves),
            )
            stored = ExecutionRow(
                step_id=row.id, branch_id=branch.id, execution=execution.model_dump(mode="json")
            )
            session.add(stored)
            session.flush()
            for number, (_, examination) in enumerate(solves):
                found = {"examination": examination.model_dump(mode="json")} if examination else {}
                place = {"execution_id": stored.id, "number": number}
                session.add(SolveRow(format="mps", model="NAME", **place, **found))
            address = f"/p/{project.slug}/traces/{branch.trace_id}"
        browser = browser_of("annotator")
        regions = [browser.get(f"{address}/{region}").text for region in ("model", "trace")]
        assert HOSTILE not in regions[0] + regions[1]
        return regions[0], regions[1]

    return show


def test_a_model_is_algebra_and_nothing_else(shown: Shown) -> None:
    model, trace = shown((solve(), SOLVED))
    assert "&lt;script&gt;alert" in model
    assert "solved again: 15" in model
    assert '<span class="num unused" data-links="10">10</span>' in model
    assert "solved again" not in trace


def test_a_claim_that_is_not_so_stands_out(shown: Shown) -> None:
    model, trace = shown((solve(objective=99), SOLVED))
    for region in (model, trace):
        assert 'class="chip bad" title="It claims 99; the model that it solved gives 15."' in region


def test_what_changed_since_the_solve_before_is_said(shown: Shown) -> None:
    other = SOLVED.model_copy(update={"model": TIGHTER})
    model, _ = shown((solve(), SOLVED), (solve(), other), (solve(), other))
    assert "sense <b>objective</b>: <del>max</del> <ins>min</ins>" in model
    assert "≤ 10</del>" in model
    assert "≤ 7</ins>" in model
    assert model.count("The same model as before.") == 1
    assert model.count('<details class="model" open>') == 1


def test_why_it_is_infeasible_is_said(shown: Shown) -> None:
    conflict = Conflict(rows=(f"row {HOSTILE}",), bounds=("x ≤ 4",))
    infeasible = Examination(model=MODEL, solved=Optimum(status="Infeasible"), conflict=conflict)
    model, trace = shown((solve(status="Infeasible", objective=None), infeasible))
    assert "These can’t all hold" in model
    assert "x ≤ 4" in model
    assert 'chip bad" title="It claims' not in trace


def test_what_nobody_has_read_yet_is_waited_for(shown: Shown) -> None:
    model, _ = shown((solve(), None))
    assert "A model is being read" in model


def test_a_model_that_can_not_be_read_says_why(shown: Shown) -> None:
    model, _ = shown((solve(note=f"It is not linear {HOSTILE}"), Examination(problem="broken")))
    assert "It is not linear" in model
