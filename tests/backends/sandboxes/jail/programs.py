"""One program a library, each of which solves one small model once; its optimum is 15.75."""

OPTIMUM = 15.75
"""Of: maximize 3 x + y + 2, x + 2 y <= 7.5, x + y >= 1, x integer in 0..4, y >= 0."""

PROGRAMS = {
    "highspy": """
import highspy
h = highspy.Highs()
h.silent()
x, y = h.addIntegral(0, 4, name="x"), h.addVariable(0, name="y")
h.addConstr(x + 2 * y <= 7.5, name="cap")
h.addConstr(x + y >= 1)
h.maximize(3 * x + y + 2)
""",
    "pulp": """
import pulp
m = pulp.LpProblem("m", pulp.LpMaximize)
x, y = pulp.LpVariable("x", 0, 4, cat="Integer"), pulp.LpVariable("y", 0)
m += 3 * x + y + 2
m += x + 2 * y <= 7.5, "cap"
m += x + y >= 1
m.solve(pulp.HiGHS(msg=0))
""",
    "scipy": """
from scipy.optimize import LinearConstraint, milp
milp([-3, -1], integrality=[1, 0], bounds=([0, 0], [4, float("inf")]),
     constraints=[LinearConstraint([[1, 2], [1, 1]], [-float("inf"), 1], [7.5, float("inf")])])
""",
    "scipy.linprog": """
from scipy.optimize import linprog
linprog([-3, -1], [[1, 2], [-1, -1]], [7.5, -1], bounds=[(0, 4), (0, None)], integrality=[1, 0])
""",
    "pywraplp": """
from ortools.linear_solver import pywraplp
s = pywraplp.Solver.CreateSolver("SCIP")
x, y = s.IntVar(0, 4, "x"), s.NumVar(0, s.infinity(), "y")
s.Add(x + 2 * y <= 7.5, "cap")
s.Add(x + y >= 1)
s.Maximize(3 * x + y + 2)
s.Solve()
""",
    "mathopt": """
from ortools.math_opt.python import mathopt
m = mathopt.Model(name="m")
x, y = m.add_integer_variable(lb=0, ub=4, name="x"), m.add_variable(lb=0, name="y")
m.add_linear_constraint(x + 2 * y <= 7.5, name="cap")
m.add_linear_constraint(x + y >= 1)
m.maximize(3 * x + y + 2)
mathopt.solve(m, mathopt.SolverType.HIGHS)
""",
    "cvxpy": """
import cvxpy as cp
x, y = cp.Variable(name="x", integer=True), cp.Variable(name="y")
rows = [x + 2 * y <= 7.5, x + y >= 1, x >= 0, x <= 4, y >= 0]
cp.Problem(cp.Maximize(3 * x + y + 2), rows).solve()
""",
    "pyomo": """
import pyomo.environ as pyo
m = pyo.ConcreteModel()
m.x, m.y = pyo.Var(domain=pyo.Integers, bounds=(0, 4)), pyo.Var(domain=pyo.NonNegativeReals)
m.o = pyo.Objective(expr=3 * m.x + m.y + 2, sense=pyo.maximize)
m.cap = pyo.Constraint(expr=m.x + 2 * m.y <= 7.5)
m.least = pyo.Constraint(expr=m.x + m.y >= 1)
pyo.SolverFactory("appsi_highs").solve(m)
""",
    "pyscipopt": """
from pyscipopt import Model
m = Model()
m.hideOutput()
x, y = m.addVar("x", vtype="I", ub=4), m.addVar("y")
m.addCons(x + 2 * y <= 7.5, "cap")
m.addCons(x + y >= 1)
m.setObjective(3 * x + y + 2, "maximize")
m.optimize()
""",
    "gurobipy": """
import gurobipy as gp
m = gp.Model("m")
m.Params.OutputFlag = 0
x, y = m.addVar(ub=4, name="x", vtype="I"), m.addVar(name="y")
m.addConstr(x + 2 * y <= 7.5, "cap")
m.addConstr(x + y >= 1)
m.setObjective(3 * x + y + 2, gp.GRB.MAXIMIZE)
m.optimize()
""",
    "coptpy": """
import coptpy as cp
m = cp.Envr().createModel("m")
m.setParam("Logging", 0)
x, y = m.addVar(ub=4, name="x", vtype=cp.COPT.INTEGER), m.addVar(name="y")
m.addConstr(x + 2 * y <= 7.5, name="cap")
m.addConstr(x + y >= 1)
m.setObjective(3 * x + y + 2, cp.COPT.MAXIMIZE)
m.solve()
""",
}
