"""What is told of a solve by each library: the same small model, seen alike through all of them."""

import importlib.util
from collections.abc import Iterator
from contextlib import closing

import pytest

from app.backends.sandboxes.paired import PairedSandbox, open_paired
from app.core.execution import Limits, Solve
from app.settings import ROOT
from tests.backends.sandboxes.jail.programs import OPTIMUM, PROGRAMS

LIMITS = Limits(wall_seconds=60)
ALWAYS = ("highspy", "pulp")
MODULES = {"mathopt": "ortools", "pywraplp": "ortools", "cp-sat": "ortools"}
CP_SAT = """
from ortools.sat.python import cp_model
m = cp_model.CpModel()
x, a, b = m.new_int_var(0, 10, "x"), m.new_bool_var("a"), m.new_bool_var("b")
m.add(x + 3 * a <= 8)
m.add_bool_or(~a, b)
m.add_at_most_one(a, ~b)
m.add_implication(a, b)
m.maximize(2 * x + a + 5)
{more}
cp_model.CpSolver().solve(m)
"""
BEYOND = """
import cvxpy as cp
x = cp.Variable(2)
print(cp.Problem(cp.Minimize({objective}), [x >= 1]).solve(solver="{solver}"))
"""


@pytest.fixture(scope="module")
def paired() -> Iterator[PairedSandbox]:
    with closing(open_paired()) as opened:
        yield opened


def need(library: str) -> None:
    """Skip where a library is not installed; the two that come with the project must be."""
    module = MODULES.get(library, library.partition(".")[0])
    if library not in ALWAYS and importlib.util.find_spec(module) is None:
        pytest.skip(f"{module} is not installed")


def solve_of(paired: PairedSandbox, code: str) -> Solve:
    execution = paired.execute(code, LIMITS)
    assert execution.status == "ok", execution
    (solve,) = execution.solves
    return solve


@pytest.mark.parametrize("library", PROGRAMS)
def test_every_library_tells_the_model(paired: PairedSandbox, library: str) -> None:
    need(library)
    solve = solve_of(paired, PROGRAMS[library])
    scipy = library.startswith("scipy")
    assert solve.library == ("scipy" if scipy else library)
    assert "optimal" in solve.status.lower()
    assert solve.objective == pytest.approx(2 - OPTIMUM if scipy else OPTIMUM)
    assert solve.sense == ("min" if scipy else "max")
    assert (solve.variables, solve.integers, solve.binaries) == (2, 1, 0)
    bounds_as_rows = 3 if library == "cvxpy" else 0
    assert 2 <= (solve.rows or 0) <= 2 + bounds_as_rows
    assert 4 <= (solve.nonzeros or 0) <= 4 + bounds_as_rows
    assert (solve.format, solve.note) == ("mps", "")
    assert solve.model is not None
    assert solve.model.startswith("NAME")
    assert solve.seconds is not None


def test_cp_sat_is_linear_as_far_as_it_is(paired: PairedSandbox) -> None:
    need("cp-sat")
    solve = solve_of(paired, CP_SAT.format(more=""))
    assert (solve.library, solve.status, solve.objective) == ("cp-sat", "OPTIMAL", 21)
    assert (solve.integers, solve.binaries, solve.rows, solve.format) == (1, 2, 4, "mps")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("m.add_all_different([x, a])", "an all diff constraint"),
        ("m.add(x >= 2).only_enforce_if(a)", "an enforced linear constraint"),
        ("m.new_int_var_from_domain(cp_model.Domain.from_values([1, 3]), 'z')", "domain has holes"),
    ],
)
def test_cp_sat_beyond_linear_shows_its_own_text(
    paired: PairedSandbox, more: str, said: str
) -> None:
    need("cp-sat")
    solve = solve_of(paired, CP_SAT.format(more=more))
    assert said in solve.note
    assert solve.format == "cp-sat"
    assert "variables {" in (solve.model or "")


@pytest.mark.parametrize(
    ("objective", "solver"), [("cp.sum_squares(x)", "OSQP"), ("cp.norm(x)", "CLARABEL")]
)
def test_what_is_not_linear_still_runs_and_says_so(
    paired: PairedSandbox, objective: str, solver: str
) -> None:
    """OSQP died where pulp had been imported before it."""
    need("cvxpy")
    solve = solve_of(paired, BEYOND.format(objective=objective, solver=solver))
    assert "It is not linear" in solve.note
    assert (solve.model, solve.status) == (None, "optimal")


def test_a_killed_solve_keeps_its_model(paired: PairedSandbox) -> None:
    code = """
import pulp, time
class Slow(pulp.LpSolver):
    def actualSolve(self, problem): time.sleep(60)
m = pulp.LpProblem("m")
m += pulp.LpVariable("x") >= 1
m.solve(Slow())
"""
    execution = paired.execute(code, Limits(wall_seconds=1))
    assert execution.status == "timeout"
    (solve,) = execution.solves
    assert (solve.status, solve.format) == ("started", "mps")
    assert "ENDATA" in (solve.model or "")


def test_a_solve_in_a_thread_of_its_own_is_told(paired: PairedSandbox) -> None:
    threaded = PROGRAMS["highspy"].replace(
        "h.maximize(3 * x + y + 2)",
        "h.setObjective(3 * x + y + 2, highspy.ObjSense.kMaximize)\nh.joinSolve(h.startSolve())",
    )
    assert solve_of(paired, threaded).objective == pytest.approx(OPTIMUM)


def test_a_library_imported_late_is_watched_too(paired: PairedSandbox) -> None:
    """The first block goes to the light server, which has never heard of scipy."""
    need("scipy")
    with paired.session() as session:
        assert "scipy" not in session.execute("x = 1", LIMITS).packages
        (solve,) = session.execute(PROGRAMS["scipy"], LIMITS).solves
    assert solve.library == "scipy"


def test_the_imports_choose_the_server(paired: PairedSandbox) -> None:
    need("scipy")
    light = paired.execute("# from scipy import x\nimport numpy", LIMITS).packages
    full = paired.execute("if True:\n    from scipy import optimize", LIMITS).packages
    assert {"python", "highspy", "pulp", "numpy"} <= light.keys()
    assert "scipy" not in light
    assert "scipy" in full


def test_files_left_behind_are_told(paired: PairedSandbox) -> None:
    code = """
import os
open("plan.csv", "w").write("hi")
os.mkdir("out"); open("out/big", "wb").truncate(40 * 2**20)
os.symlink("/etc/passwd", "link"); os.mkfifo("pipe")
"""
    artefacts = paired.execute(code, LIMITS).artefacts
    assert [(each.name, each.bytes) for each in artefacts] == [
        ("out/big", 40 * 2**20),
        ("plan.csv", 2),
    ]
    assert [each.sha256[:8] for each in artefacts] == ["", "8f434346"]


def test_every_library_is_documented() -> None:
    page = (ROOT / "docs" / "solves.md").read_text(encoding="utf-8").lower()
    named = {part for name in (*PROGRAMS, "cp-sat") for part in name.split(".")}
    assert [name for name in named if name not in page] == []
