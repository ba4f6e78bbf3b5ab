"""What is told of a solve, from real solves in the sandbox."""

import json
import os
import re
from pathlib import Path

import pytest

from app.backends.sandboxes.base import Sandbox
from app.core.execution import Execution, Limits, Solve

LIMITS = Limits(wall_seconds=20)
PULP = """
import pulp
m = pulp.LpProblem("m", pulp.LpMaximize)
x = pulp.LpVariable("x", 0, 4)
y = pulp.LpVariable("y", 0, 9, cat="Integer")
z = pulp.LpVariable("z", cat="Binary")
m += 3 * x + 2 * y + z
m += x + y <= 5.5
m += y + z <= {limit}
m.solve({solver})
"""
HIGHSPY = """
import highspy
h = highspy.Highs()
h.silent()
x = h.addVariable(0, 4)
y = h.addIntegral(0, 9)
z = h.addBinary()
h.addConstr(x + y <= 5.5)
h.addConstr(y + z <= 1)
h.addConstr(x >= {least})
h.maximize(3 * x + 2 * y + z)
"""


def solve_of(execution: Execution) -> Solve:
    assert execution.status == "ok", execution
    (solve,) = execution.solves
    return solve


@pytest.mark.parametrize("solver", ["pulp.PULP_CBC_CMD(msg=0)", "pulp.HiGHS(msg=0)"])
def test_pulp(sandbox: Sandbox, solver: str) -> None:
    solve = solve_of(sandbox.execute(PULP.format(limit=1, solver=solver), LIMITS))
    assert (solve.library, solve.status, solve.sense) == ("pulp", "Optimal", "max")
    assert solve.objective == pytest.approx(14)
    assert (solve.variables, solve.continuous, solve.integers, solve.binaries) == (3, 1, 1, 1)
    assert (solve.rows, solve.nonzeros) == (2, 4)


def test_pulp_infeasible(sandbox: Sandbox) -> None:
    code = PULP.format(limit=-1, solver="pulp.PULP_CBC_CMD(msg=0)")
    solve = solve_of(sandbox.execute(code, LIMITS))
    assert (solve.status, solve.objective) == ("Infeasible", None)


def test_highspy(sandbox: Sandbox) -> None:
    solve = solve_of(sandbox.execute(HIGHSPY.format(least=0), LIMITS))
    assert (solve.library, solve.status, solve.sense) == ("highspy", "Optimal", "max")
    assert solve.objective == solve.bound == pytest.approx(14)
    assert (solve.variables, solve.integers, solve.binaries, solve.rows) == (3, 1, 1, 3)


def test_highspy_infeasible_has_no_objective(sandbox: Sandbox) -> None:
    """HiGHS itself reports 0 there."""
    solve = solve_of(sandbox.execute(HIGHSPY.format(least=5), LIMITS))
    assert (solve.status, solve.objective, solve.gap) == ("Infeasible", None, None)


def test_a_killed_solve_keeps_its_size(sandbox: Sandbox) -> None:
    code = """
import pulp, time
class Slow(pulp.LpSolver):
    def actualSolve(self, problem): time.sleep(60)
m = pulp.LpProblem("m")
m += pulp.LpVariable("x") >= 1
m.solve(Slow())
"""
    execution = sandbox.execute(code, Limits(wall_seconds=1))
    assert execution.status == "timeout"
    (solve,) = execution.solves
    assert (solve.status, solve.variables, solve.rows) == ("started", 1, 1)


def test_only_what_the_program_solved_is_told(sandbox: Sandbox) -> None:
    with sandbox.session() as session:
        assert len(session.execute(HIGHSPY.format(least=0), LIMITS).solves) == 1
        assert session.execute("print(h.getObjectiveValue())", LIMITS).solves == ()


def test_every_recorded_block_does_what_was_recorded(sandbox: Sandbox) -> None:
    if "CALM_SAMPLE_DATA" not in os.environ:
        pytest.skip("CALM_SAMPLE_DATA is not set")
    file = Path(os.environ["CALM_SAMPLE_DATA"]) / "recordings.jsonl"
    rounds = [r for line in file.read_text().splitlines() for r in json.loads(line)["rounds"]]
    for text in (r["text"] for r in rounds):
        with sandbox.session() as session:
            for code, output in re.findall(r"```python\n(.*?)```\n```output\n(.*?)```", text, re.S):
                execution = session.execute(code, LIMITS)
                if execution.status == "ok":
                    assert execution.output.strip() == output.strip()
                    assert execution.solves
                else:
                    assert execution.exception is not None
                    assert f"{execution.exception.type}:" in output
