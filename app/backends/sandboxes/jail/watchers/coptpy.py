"""coptpy: models are made by `Envr.createModel`, so the methods of their class are wrapped."""

from collections.abc import Iterator
from types import ModuleType
from typing import Any

from app.backends.sandboxes.jail.facts import finite, watched
from app.backends.sandboxes.jail.form import Column, Facts, Form, Row

_BEYOND = (
    ("QConstrs", "quadratic constraints"),
    ("Soss", "special ordered sets"),
    ("Indicators", "indicator constraints"),
    ("Cones", "cones"),
    ("ExpCones", "exponential cones"),
    ("PSDConstrs", "semidefinite constraints"),
    ("NLConstrs", "nonlinear constraints"),
    ("HasQObj", "a quadratic objective"),
)

_STATUS = (
    "UNSTARTED",
    "OPTIMAL",
    "INFEASIBLE",
    "UNBOUNDED",
    "INF_OR_UNB",
    "NUMERICAL",
    "NODELIMIT",
    "TIMEOUT",
    "UNFINISHED",
    "IMPRECISE",
    "INTERRUPTED",
)


def watch(module: ModuleType) -> None:
    """Wrap both ways to solve a model; relaxing it is a solve of its own kind."""
    names = {value: name for name, value in vars(module.COPT).items() if name in _STATUS}

    def result(_: Any, model: Any) -> Facts:
        mip = bool(model.ismip)
        found = bool(model.hasmipsol if mip else model.haslpsol)
        return {
            "status": names.get(model.status, str(model.status)),
            "objective": finite(model.objval) if found else None,
            "bound": finite(model.bestbnd) if mip and found else None,
            "gap": finite(model.bestgap) if mip and found else None,
        }

    for name in ("solve", "solveLP"):
        solve = watched("coptpy", getattr(module.Model, name), _form, result)
        setattr(module.Model, name, solve)


def _form(model: Any) -> Form:
    variables = list(model.getVars())
    kinds = {variable.vtype for variable in variables}
    beyond = [words for name, words in _BEYOND if getattr(model, name.lower(), 0)]
    if kinds - set("CBI"):
        beyond.append("semi-continuous variables")
    return Form(
        maximize=model.objsense < 0,
        columns=[Column(v.name, v.lb, v.ub, v.vtype != "C", v.obj) for v in variables],
        rows=_rows(model),
        constant=model.objconst,
        beyond=", ".join(beyond),
    )


def _rows(model: Any) -> Iterator[Row]:
    for row in model.getConstrs():
        terms = model.getRow(row)
        entries = [(terms.getVar(at).index, terms.getCoeff(at)) for at in range(terms.getSize())]
        yield Row(row.name, row.lb, row.ub, entries)
