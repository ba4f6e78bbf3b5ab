"""pyscipopt: its class can't be changed, so programs get one derived from it."""

from collections.abc import Iterator
from types import ModuleType
from typing import Any

from app.backends.sandboxes.jail.facts import finite, watched
from app.backends.sandboxes.jail.form import Column, Facts, Form, Row

_WHOLE = ("BINARY", "INTEGER", "IMPLINT")


def watch(module: ModuleType) -> None:
    """Replace the class in both modules that programs import it from."""
    original = module.Model

    class Model(original):  # type: ignore[misc, valid-type]
        """pyscipopt's own, watched."""

        optimize = watched("pyscipopt", original.optimize, _form, _result)

    module.Model = module.scip.Model = Model  # type: ignore[attr-defined]


def _form(model: Any) -> Form:
    variables = model.getVars()
    place = {variable.name: at for at, variable in enumerate(variables)}
    rows = model.getConss()
    linear = all(row.isLinear() for row in rows)
    return Form(
        maximize=model.getObjectiveSense() == "maximize",
        columns=[
            Column(v.name, v.getLbOriginal(), v.getUbOriginal(), v.vtype() in _WHOLE, v.getObj())
            for v in variables
        ],
        rows=_rows(model, rows, place) if linear else [Row("", 0, 0, ()) for _ in rows],
        constant=model.getObjoffset(),
        beyond="" if linear else "constraints that are not linear",
    )


def _rows(model: Any, rows: Any, place: dict[str, int]) -> Iterator[Row]:
    for row in rows:
        terms = [(place[name], value) for name, value in model.getValsLinear(row).items()]
        yield Row(row.name, model.getLhs(row), model.getRhs(row), terms)


def _result(_: Any, model: Any) -> Facts:
    found = model.getNSols() > 0
    return {
        "status": model.getStatus(),
        "objective": finite(model.getObjVal()) if found else None,
        "bound": finite(model.getDualbound()) if found else None,
        "gap": finite(model.getGap()) if found else None,
    }
