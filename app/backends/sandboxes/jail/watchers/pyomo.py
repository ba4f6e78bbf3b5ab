"""pyomo: the classes of the solvers that its factory hands out, each wrapped when first made."""

import importlib
import math
from types import ModuleType
from typing import Any

from app.backends.sandboxes.jail.facts import finite, watched
from app.backends.sandboxes.jail.form import Column, Facts, Form, Row

_EQUAL, _AT_MOST = 0, 1


def watch(module: ModuleType) -> None:
    """Wrap the factory's call."""
    factory = type(module.SolverFactory)
    make = factory.__call__
    seen: set[type] = set()

    def making(self: Any, *args: Any, **kwargs: Any) -> Any:
        solver = make(self, *args, **kwargs)
        kind = type(solver)
        if hasattr(kind, "solve") and kind not in seen:
            seen.add(kind)
            kind.solve = watched("pyomo", kind.solve, _form, _result)
        return solver

    factory.__call__ = making


def _form(solver: Any, model: Any, *args: Any, **kwargs: Any) -> Form:
    compiler = importlib.import_module("pyomo.repn.plugins.standard_form")
    linear = compiler.LinearStandardFormCompiler().write(model, mixed_form=True, set_sense=None)
    (objective,) = linear.objectives
    maximize = "max" in str(objective.sense)
    costs = linear.c.toarray()[0]
    matrix = linear.A.tocsr()
    return Form(
        maximize=maximize,
        columns=[
            _column(variable, cost) for variable, cost in zip(linear.columns, costs, strict=True)
        ],
        rows=[
            _row(matrix, at, entry, side)
            for at, (entry, side) in enumerate(zip(linear.rows, linear.rhs, strict=True))
        ],
        constant=float(linear.c_offset[0]),
    )


def _column(variable: Any, cost: float) -> Column:
    lower, upper = variable.bounds
    return Column(
        variable.name,
        -math.inf if lower is None else lower,
        math.inf if upper is None else upper,
        not variable.is_continuous(),
        float(cost),
    )


def _row(matrix: Any, at: int, entry: Any, side: float) -> Row:
    part = slice(matrix.indptr[at], matrix.indptr[at + 1])
    terms = zip(matrix.indices[part].tolist(), matrix.data[part].tolist(), strict=True)
    kind = entry.bound_type
    return Row(
        entry.constraint.name,
        float(side) if kind != _AT_MOST else -math.inf,
        float(side) if kind in (_EQUAL, _AT_MOST) else math.inf,
        list(terms),
    )


def _result(found: Any, solver: Any, model: Any, *args: Any, **kwargs: Any) -> Facts:
    """The objective is the solution's where it was loaded, else what the solver reported."""
    value = importlib.import_module("pyomo.core").value
    objectives = importlib.import_module("pyomo.core").Objective
    status = str(found.solver.termination_condition)
    (objective,) = model.component_data_objects(objectives, active=True)
    solved = status in ("optimal", "feasible", "globallyOptimal", "locallyOptimal")
    bounds = found.problem.lower_bound, found.problem.upper_bound
    return {
        "status": status,
        "objective": finite(value(objective, exception=False)) if solved else None,
        "bound": finite(bounds["max" in str(objective.sense)]) if solved else None,
    }
