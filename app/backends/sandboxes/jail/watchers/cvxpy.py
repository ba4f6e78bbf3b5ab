"""cvxpy: told by `Problem.solve`, and shown where the compiled problem goes to a solver.

A compiled problem is minimized: it is turned back where the program maximizes. Its rows have no
names, and it may have more variables than the program, which are named `aux…`.
"""

import importlib
import itertools
import math
from types import ModuleType
from typing import Any

from app.backends.sandboxes.jail.facts import finite, watched
from app.backends.sandboxes.jail.form import Column, Facts, Form, Row


def watch(module: ModuleType) -> None:
    """Wrap the method that programs call, and the one that every compiled problem goes through."""
    chain = importlib.import_module("cvxpy.reductions.solvers.solving_chain").SolvingChain
    module.Problem.solve = watched("cvxpy", module.Problem.solve, None, _result)
    chain.solve_via_data = watched("cvxpy", chain.solve_via_data, _form, lambda *_, **__: {})


def _form(chain: Any, problem: Any, data: dict[str, Any], *args: Any, **kwargs: Any) -> Form:
    compiled, cones = data["param_prob"], data["dims"]
    linear = compiled.apply_parameters(quad_obj=compiled.P is not None)
    costs, constant, matrix, sides = linear[-4:]
    sign = -1.0 if type(problem.objective).__name__ == "Maximize" else 1.0
    quadratic = compiled.P is not None and linear[0].nnz > 0
    return Form(
        maximize=sign < 0,
        columns=_columns(compiled, data, [sign * cost for cost in costs]),
        rows=_rows(matrix.tocsr(), sides, cones.zero),
        constant=sign * float(constant),
        beyond="a quadratic objective" if quadratic else _beyond(cones),
    )


def _columns(compiled: Any, data: dict[str, Any], costs: list[float]) -> list[Column]:
    count = len(costs)
    whole = {*(data.get("bool_vars_idx") or ()), *(data.get("int_vars_idx") or ())}
    binary = set(data.get("bool_vars_idx") or ())
    lower = [-math.inf] * count if compiled.lower_bounds is None else compiled.lower_bounds
    upper = [math.inf] * count if compiled.upper_bounds is None else compiled.upper_bounds
    return [
        Column(
            name,
            max(low, 0.0) if at in binary else low,
            min(high, 1.0) if at in binary else high,
            at in whole,
            cost,
        )
        for at, (name, low, high, cost) in enumerate(
            zip(_names(compiled, count), lower, upper, costs, strict=True)
        )
    ]


def _names(compiled: Any, count: int) -> list[str]:
    """As cvxpy writes them: x, or x[0], x[1,2] in the order of columns."""
    names = [f"aux{at}" for at in range(count)]
    for variable in compiled.variables:
        start = compiled.var_id_to_col[variable.id]
        places = itertools.product(*(range(size) for size in reversed(variable.shape)))
        for at, place in enumerate(places):
            index = ",".join(str(each) for each in reversed(place))
            names[start + at] = variable.name() + (f"[{index}]" if index else "")
    return names


def _rows(matrix: Any, sides: Any, equalities: int) -> list[Row]:
    """`matrix x + sides` is zero in the first rows and not negative in the others.

    A row of nothing but negative coefficients is turned, so that it reads as it was written.
    """
    rows = []
    for at in range(matrix.shape[0]):
        part = slice(matrix.indptr[at], matrix.indptr[at + 1])
        columns, values = matrix.indices[part].tolist(), matrix.data[part].tolist()
        side = -float(sides[at])
        turned = bool(values) and max(values) < 0
        if turned:
            side, values = -side, [-value for value in values]
        low = side if at < equalities or not turned else -math.inf
        high = side if at < equalities or turned else math.inf
        rows.append(Row("", low, high, list(zip(columns, values, strict=True))))
    return rows


def _beyond(cones: Any) -> str:
    others = (
        ("soc", "second-order cones"),
        ("psd", "semidefinite cones"),
        ("exp", "exponential cones"),
        ("p3d", "power cones"),
        ("pnd", "power cones"),
    )
    return next((name for kind, name in others if getattr(cones, kind, None)), "")


def _result(_: Any, problem: Any, *args: Any, **kwargs: Any) -> Facts:
    return {"status": str(problem.status), "objective": finite(problem.value)}
