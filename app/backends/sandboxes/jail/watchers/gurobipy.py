"""gurobipy: its class can't be changed, so programs get one derived from it.

What Gurobi itself makes (`read`, `copy`, `relax`) is of the original class and goes unwatched.
"""

import math
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from app.backends.sandboxes.jail.facts import finite, watched
from app.backends.sandboxes.jail.form import Column, Facts, Form, Row

_BEYOND = (
    ("NumQConstrs", "quadratic constraints"),
    ("NumSOS", "special ordered sets"),
    ("NumGenConstrs", "general constraints"),
    ("IsQP", "a quadratic objective"),
)


def watch(module: ModuleType) -> None:
    """Replace the class in the module that programs import it from."""
    original = module.Model
    statuses = module.GRB.Status
    names = {getattr(statuses, name): name for name in dir(statuses) if name.isupper()}

    def result(_: Any, model: Any, *args: Any) -> Facts:
        found = model.SolCount > 0
        mip = found and model.IsMIP
        return {
            "status": names.get(model.Status, str(model.Status)),
            "objective": finite(model.ObjVal) if found else None,
            "bound": finite(model.ObjBound) if mip else None,
            "gap": finite(model.MIPGap) if mip else None,
        }

    class Model(original):  # type: ignore[misc, valid-type]
        """gurobipy's own, watched."""

        optimize = watched("gurobipy", original.optimize, _form, result)

    module.Model = Model  # type: ignore[attr-defined]


def _form(model: Any, *args: Any) -> Form:
    model.update()  # as optimizing does first
    variables = model.getVars()
    kinds = {variable.VType for variable in variables}
    beyond = [words for name, words in _BEYOND if getattr(model, name)]
    if kinds - set("CBI"):
        beyond.append("semi-continuous variables")
    return Form(
        maximize=model.ModelSense < 0,
        columns=[Column(v.VarName, v.LB, v.UB, v.VType != "C", v.Obj) for v in variables],
        rows=_rows(model),
        constant=model.ObjCon,
        beyond=", ".join(beyond),
    )


def _rows(model: Any) -> Iterator[Row]:
    for row in model.getConstrs():
        terms = model.getRow(row)
        yield Row(
            row.ConstrName,
            -math.inf if row.Sense == "<" else row.RHS,
            math.inf if row.Sense == ">" else row.RHS,
            [(terms.getVar(at).index, terms.getCoeff(at)) for at in range(terms.size())],
        )
