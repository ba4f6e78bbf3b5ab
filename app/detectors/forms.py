"""One form for all constraints that say the same, whether a text or a model as solved has them.

Two are alike if their coefficients, side and relation are, whatever their variables are called.
"""

from typing import Literal

from app.core.solved import SolvedModel, Terms
from app.detectors.sums import Sum

Relation = Literal["le", "eq"]
Form = tuple[Relation, tuple[float, ...], float]
"""Relation, sorted coefficients and right-hand side, the largest coefficient being 1."""


def form_of(relation: str, left: Sum, right: Sum) -> Form | None:
    """The form of a relation between two sums, None for what is no constraint to compare."""
    terms = {name: left.get(name, 0.0) - right.get(name, 0.0) for name in {*left, *right} - {""}}
    terms = {name: value for name, value in terms.items() if value}
    side = right.get("", 0.0) - left.get("", 0.0)
    if not terms or (len(terms) == 1 and (not side or relation[0] == "=")):
        return None
    turn = -1.0 if relation[0] in ">≥" else 1.0
    most = max(abs(value) for value in terms.values())
    values = tuple(sorted(round(turn * value / most, 6) for value in terms.values()))
    bound = round(turn * side / most, 6) + 0.0
    return _equation(values, bound) if relation[0] == "=" else ("le", values, bound)


def sizes(terms: Sum) -> tuple[float, ...]:
    """The sorted sizes of the coefficients."""
    return tuple(sorted(round(abs(value), 6) for name, value in terms.items() if name and value))


def rows_of(model: SolvedModel) -> frozenset[Form]:
    """Every constraint of a model as solved, bounds of variables with them."""
    forms: set[Form | None] = set()
    for row in model.rows:
        forms |= _both(_named(row.terms), row.lower, row.upper)
    for at, variable in enumerate(model.variables):
        forms |= _both({str(at): 1.0}, variable.lower, variable.upper)
    return frozenset(form for form in forms if form)


def objective_of(model: SolvedModel) -> tuple[float, ...]:
    """The sorted sizes of the objective's coefficients."""
    return sizes(_named(model.objective))


def _equation(values: tuple[float, ...], bound: float) -> Form:
    """Of the two ways round the larger."""
    turned = tuple(sorted(-value for value in values))
    return ("eq", *max((values, bound), (turned, -bound + 0.0)))


def _both(terms: Sum, lower: float | None, upper: float | None) -> set[Form | None]:
    if lower is not None and lower == upper:
        return {form_of("=", terms, {"": lower})}
    return {
        form_of(sign, terms, {"": side})
        for sign, side in ((">", lower), ("<", upper))
        if side is not None
    }


def _named(terms: Terms) -> Sum:
    return {str(at): value for at, value in terms}
