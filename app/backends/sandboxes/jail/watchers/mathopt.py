"""ortools' MathOpt: `solve` of the module that `mathopt` hands on."""

from types import ModuleType
from typing import Any

from app.backends.sandboxes.jail.facts import finite, watched
from app.backends.sandboxes.jail.form import Column, Facts, Form, Row


def watch(module: ModuleType) -> None:
    """Replace the function before `mathopt` imports it."""
    module.solve = watched("mathopt", module.solve, _form, _result)  # type: ignore[attr-defined]


def _form(model: Any, *args: Any, **kwargs: Any) -> Form:
    proto = model.export_model()
    variables, rows, objective = proto.variables, proto.linear_constraints, proto.objective
    place = {key: at for at, key in enumerate(variables.ids)}
    costs = dict(
        zip(objective.linear_coefficients.ids, objective.linear_coefficients.values, strict=True)
    )
    terms: dict[int, list[tuple[int, float]]] = {key: [] for key in rows.ids}
    matrix = proto.linear_constraint_matrix
    for row, column, value in zip(
        matrix.row_ids, matrix.column_ids, matrix.coefficients, strict=True
    ):
        terms[row].append((place[column], value))
    sides = variables.lower_bounds, variables.upper_bounds, variables.integers
    bounds = rows.lower_bounds, rows.upper_bounds
    return Form(
        maximize=objective.maximize,
        columns=[
            Column(name, low, high, integer, costs.get(key, 0.0))
            for key, name, low, high, integer in zip(
                variables.ids, _names(variables), *sides, strict=True
            )
        ],
        rows=[
            Row(name, low, high, terms[key])
            for key, name, low, high in zip(rows.ids, _names(rows), *bounds, strict=True)
        ],
        constant=objective.offset,
        beyond=_beyond(proto),
    )


def _names(group: Any) -> list[str]:
    """A model without names stores none at all."""
    return list(group.names) or [""] * len(group.ids)


def _beyond(proto: Any) -> str:
    if proto.objective.quadratic_coefficients.row_ids:
        return "a quadratic objective"
    kinds = (
        "quadratic_constraints",
        "second_order_cone_constraints",
        "sos1_constraints",
        "sos2_constraints",
        "indicator_constraints",
        "auxiliary_objectives",
    )
    return next((kind.replace("_", " ") for kind in kinds if len(getattr(proto, kind, ()))), "")


def _result(found: Any, *args: Any, **kwargs: Any) -> Facts:
    solved = found.has_primal_feasible_solution()
    bound = finite(found.termination.objective_bounds.dual_bound)
    return {
        "status": found.termination.reason.name,
        "objective": finite(found.objective_value()) if solved else None,
        "bound": bound,
    }
