"""ortools' linear solver wrapper: every solve goes through `Solver.Solve`."""

import importlib
from types import ModuleType
from typing import Any

from app.backends.sandboxes.jail.facts import finite, watched
from app.backends.sandboxes.jail.form import Column, Facts, Form, Row

_STATUS = ("OPTIMAL", "FEASIBLE", "INFEASIBLE", "UNBOUNDED", "ABNORMAL", "MODEL_INVALID")


def watch(module: ModuleType) -> None:
    """Wrap the method of the class."""
    module.Solver.Solve = watched("pywraplp", module.Solver.Solve, _form, _result)


def _form(solver: Any, *args: Any) -> Form:
    proto = importlib.import_module("ortools.linear_solver.linear_solver_pb2").MPModelProto()
    solver.ExportModelToProto(proto)
    return Form(
        maximize=proto.maximize,
        columns=[
            Column(v.name, v.lower_bound, v.upper_bound, v.is_integer, v.objective_coefficient)
            for v in proto.variable
        ],
        rows=(
            Row(
                row.name,
                row.lower_bound,
                row.upper_bound,
                list(zip(row.var_index, row.coefficient, strict=True)),
            )
            for row in proto.constraint
        ),
        constant=proto.objective_offset,
    )


def _result(status: int, solver: Any, *args: Any) -> Facts:
    found, objective = status in (0, 1), solver.Objective()
    return {
        "status": _STATUS[status] if status < len(_STATUS) else "NOT_SOLVED",
        "objective": finite(objective.Value()) if found else None,
        "bound": finite(objective.BestBound()) if found and solver.IsMip() else None,
    }
