"""pulp: every solve goes through `LpProblem.solve`, whatever solver it calls."""

import math
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from app.backends.sandboxes.jail.facts import finite, watched
from app.backends.sandboxes.jail.form import Column, Facts, Form, Row


def watch(module: ModuleType) -> None:
    """Wrap the method of the class."""
    problem = module.LpProblem

    def result(_: Any, model: Any, *args: Any, **kwargs: Any) -> Facts:
        solved = model.sol_status in (module.LpSolutionOptimal, module.LpSolutionIntegerFeasible)
        objective = module.value(model.objective) if solved else None
        return {"status": module.LpStatus[model.status], "objective": finite(objective)}

    problem.solve = watched("pulp", problem.solve, _form, result)


def _form(model: Any, *args: Any, **kwargs: Any) -> Form:
    variables = model.variables()
    place = {variable.name: at for at, variable in enumerate(variables)}
    costs = {v.name: cost for v, cost in model.objective.items()} if model.objective else {}
    return Form(
        maximize=model.sense == -1,
        columns=[
            Column(
                v.name,
                -math.inf if v.lowBound is None else v.lowBound,
                math.inf if v.upBound is None else v.upBound,
                v.cat != "Continuous",
                costs.get(v.name, 0.0),
            )
            for v in variables
        ],
        rows=_rows(model, place),
        constant=model.objective.constant if model.objective else 0.0,
        beyond="special ordered sets" if model.sos1 or model.sos2 else "",
    )


def _rows(model: Any, place: dict[str, int]) -> Iterator[Row]:
    for name, row in model.constraints.items():
        side = -row.constant
        terms = [(place[variable.name], value) for variable, value in row.items()]
        yield Row(
            name,
            -math.inf if row.sense < 0 else side,
            math.inf if row.sense > 0 else side,
            terms,
        )
