"""Examining exported models, each in a fresh run of a real sandbox."""

import importlib.util
from collections.abc import Iterator
from contextlib import closing

import pytest

from app.backends.sandboxes.paired import PairedSandbox, open_paired
from app.backends.solvers import SOLVERS
from app.core.execution import Limits
from app.core.solved import Examination, algebra, finding
from tests.backends.sandboxes.jail.programs import OPTIMUM, PROGRAMS

LIMITS = Limits(wall_seconds=60)
INFEASIBLE = """
import pulp
m = pulp.LpProblem("m")
x, y = pulp.LpVariable("x", 0, 4, cat="{kind}"), pulp.LpVariable("y", 0)
m += x + y
m += x + y >= {demand}, "demand"
m += y <= 3, "cap"
m += x - y <= 100, "other"
{more}
m.solve(pulp.HiGHS(msg=0))
"""
FORGED = (
    PROGRAMS["pulp"]
    .replace(
        "m.solve",
        "class Liar(pulp.HiGHS):\n"
        "    def actualSolve(self, lp, **rest):\n"
        "        status = super().actualSolve(lp)\n"
        "        x.varValue = 400\n"
        "        return status\n"
        "m.solve",
    )
    .replace("pulp.HiGHS(msg=0)", "Liar(msg=0)")
)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[PairedSandbox]:
    with closing(open_paired()) as opened:
        yield opened


def examine(sandbox: PairedSandbox, text: str) -> Examination:
    return SOLVERS.make("highs").examine(sandbox, text, "mps")


def solved(sandbox: PairedSandbox, code: str) -> tuple[Examination, str | None]:
    (solve,) = sandbox.execute(code, LIMITS).solves
    assert solve.model
    examination = examine(sandbox, solve.model)
    return examination, finding(solve, examination)


@pytest.mark.parametrize("library", PROGRAMS)
def test_every_export_is_solved_again_to_what_was_claimed(
    sandbox: PairedSandbox, library: str
) -> None:
    module = {"mathopt": "ortools", "pywraplp": "ortools"}.get(library, library.split(".")[0])
    if module not in ("highspy", "pulp") and importlib.util.find_spec(module) is None:
        pytest.skip(f"{module} is not installed")
    examination, difference = solved(sandbox, PROGRAMS[library])
    scipy = module == "scipy"
    assert difference is None
    assert examination.problem == ""
    assert examination.model is not None
    assert examination.solved is not None
    assert examination.solved.status == "Optimal"
    assert examination.solved.objective == pytest.approx(2 - OPTIMUM if scipy else OPTIMUM)
    assert examination.model.integers == 1
    objective = algebra(examination.model)[0]
    assert (objective.label, objective.plain) == (
        ("min", "−3 x0 − x1") if scipy else ("max", "3 x + y + 2")
    )


def test_what_more_or_less_integrality_makes_of_a_model_is_told(sandbox: PairedSandbox) -> None:
    code = PROGRAMS["pulp"].replace('"x", 0, 4', '"x", 0, 3.5')
    examination, _ = solved(sandbox, code)
    assert examination.solved is not None
    assert examination.relaxed is not None
    assert (examination.solved.objective, examination.relaxed.objective) == (13.25, 14.5)
    assert examination.whole is not None
    assert examination.whole.objective == 13


def test_a_model_without_integers_is_solved_in_whole_numbers_too(sandbox: PairedSandbox) -> None:
    code = PROGRAMS["pulp"].replace('"x", 0, 4', '"x", 0, 3.5').replace('cat="Integer"', "")
    examination, _ = solved(sandbox, code)
    assert examination.solved is not None
    assert examination.whole is not None
    assert examination.relaxed is None
    assert (examination.solved.objective, examination.whole.objective) == (14.5, 13)


def test_an_infeasible_model_is_explained(sandbox: PairedSandbox) -> None:
    code = INFEASIBLE.format(kind="Continuous", demand=10, more="")
    examination, difference = solved(sandbox, code)
    assert examination.solved is not None
    assert (examination.solved.status, examination.solved.objective) == ("Infeasible", None)
    assert examination.conflict is not None
    assert set(examination.conflict.rows) == {"demand", "cap"}
    assert examination.conflict.bounds == ("x ≤ 4",)
    assert difference is None


def test_where_integrality_alone_is_to_blame_there_is_no_conflict(sandbox: PairedSandbox) -> None:
    code = INFEASIBLE.format(
        kind="Integer", demand=1, more='m += x >= 0.2, "a"; m += x <= 0.8, "b"'
    )
    examination, _ = solved(sandbox, code)
    assert examination.solved is not None
    assert examination.relaxed is not None
    assert (examination.solved.status, examination.relaxed.status) == ("Infeasible", "Optimal")
    assert examination.conflict is None


def test_a_forged_objective_is_found(sandbox: PairedSandbox) -> None:
    _, difference = solved(sandbox, FORGED)
    assert difference is not None
    assert "the model that it solved gives 15.75" in difference


@pytest.mark.parametrize(
    "text",
    ["", "garbage", "\0" * 100, "NAME\nROWS\n N o\nCOLUMNS\n x o nan\nENDATA\n", "'''\");exit(3)#"],
)
def test_a_broken_file_is_a_sentence(sandbox: PairedSandbox, text: str) -> None:
    examination = examine(sandbox, text)
    assert examination.problem or examination.model is not None
    assert examination.problem or "nan" not in str(examination.model)


def test_a_form_that_it_does_not_know_is_a_sentence(sandbox: PairedSandbox) -> None:
    examination = SOLVERS.make("highs").examine(sandbox, "variables {}", "cp-sat")
    assert "cp-sat" in examination.problem
