"""Every library that is supported must still solve.

`LICENSED` are no part of the free extra, and take part where they are installed.
"""

from tests.attacks.base import Attack
from tests.backends.sandboxes.jail.programs import PROGRAMS

LICENSED = ("gurobipy", "coptpy")
CP_SAT = """
from ortools.sat.python import cp_model
m = cp_model.CpModel()
x = m.new_int_var(0, 10, "x")
m.add(2 * x <= 7)
m.maximize(x)
cp_model.CpSolver().solve(m)
"""
SOLVERS = {
    name: Attack(f"{code}\nprint('solved')", output="solved\n")
    for name, code in (PROGRAMS | {"cp-sat": CP_SAT}).items()
}
