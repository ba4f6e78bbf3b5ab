"""A form of a model's numbers, read: what in it differs from the model is what is to be changed.

Promises: what was left as it stood changes nothing; a number that can't be read is refused by name.
"""

import re
from collections.abc import Iterator, Sequence
from math import isfinite
from typing import Annotated, Literal, NamedTuple, TypeVar

from fastapi import Form

from app.core.errors import Invalid
from app.core.language import _
from app.core.solved import Changes, RowChange, SolvedModel, VariableChange

Numbers = Annotated[list[int], Form()]
Texts = Annotated[list[str], Form()]
Thing = TypeVar("Thing")
_WRITTEN = re.compile(
    r"[+-]?(?:(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
)
"""A comma where a decimal point is meant must not make 15 of 1,5."""


class ChangeForm(NamedTuple):
    """The form as it came: of each shown row and variable its place and what its fields hold."""

    sense: str
    integrality: Literal["", "all", "none"]
    rows: tuple[tuple[int, str, str, str], ...]
    variables: tuple[tuple[int, str, str, str], ...]
    integer: frozenset[int]


def change_form(
    sense: Annotated[str, Form()] = "",
    integrality: Annotated[Literal["", "all", "none"], Form()] = "",
    row: Numbers = [],  # noqa: B006 - FastAPI's own way to say that none came
    row_equal: Texts = [],  # noqa: B006
    row_lower: Texts = [],  # noqa: B006
    row_upper: Texts = [],  # noqa: B006
    variable: Numbers = [],  # noqa: B006
    coefficient: Texts = [],  # noqa: B006
    lower: Texts = [],  # noqa: B006
    upper: Texts = [],  # noqa: B006
    integer: Numbers = [],  # noqa: B006
) -> ChangeForm:
    """The form's columns as rows. Raises Invalid where they do not fit."""
    try:
        rows = tuple(zip(row, row_equal, row_lower, row_upper, strict=True))
        variables = tuple(zip(variable, coefficient, lower, upper, strict=True))
    except ValueError:
        raise Invalid(_("The form of the model is not whole.")) from None
    return ChangeForm(sense, integrality, rows, variables, frozenset(integer))


def changes_from(form: ChangeForm, model: SolvedModel) -> Changes:
    """What the form changes in the model. Raises Invalid."""
    return Changes(
        sense="min" if form.sense == "min" else "max" if form.sense == "max" else None,
        integrality=form.integrality or None,
        rows=tuple(_rows(form, model)),
        variables=tuple(_variables(form, model)),
    )


def _rows(form: ChangeForm, model: SolvedModel) -> Iterator[RowChange]:
    for at, *given in form.rows:
        row = _at(model.rows, at)
        equal, lower, upper = (_number(text, row.name) for text in given)
        if equal is not None:
            if (lower, upper) != (None, None):
                raise Invalid(_("Of %(name)s give = alone, or its sides.", name=row.name))
            lower = upper = equal
        if (lower, upper) != (row.lower, row.upper):
            yield RowChange(row=at, lower=lower, upper=upper)


def _variables(form: ChangeForm, model: SolvedModel) -> Iterator[VariableChange]:
    costs = dict(model.objective)
    for at, cost, low, high in form.variables:
        one = _at(model.variables, at)
        lower, upper = _number(low, one.name), _number(high, one.name)
        coefficient, ticked = _number(cost, one.name) or 0.0, at in form.integer
        change = VariableChange(
            variable=at,
            lower=lower,
            upper=upper,
            integer=ticked if ticked != one.integer else None,
            coefficient=coefficient if coefficient != costs.get(at, 0.0) else None,
        )
        if change != VariableChange(variable=at, lower=one.lower, upper=one.upper):
            yield change


def _at(things: Sequence[Thing], at: int) -> Thing:
    if not 0 <= at < len(things):
        raise Invalid(_("The model has no such row or variable."))
    return things[at]


def _number(text: str, name: str) -> float | None:
    """A number as people write it, commas between thousands alone; nothing is no bound."""
    text = text.strip().replace("−", "-")
    if not text:
        return None
    value = float(text.replace(",", "")) if _WRITTEN.fullmatch(text) else float("nan")
    if not isfinite(value):
        raise Invalid(_("“%(text)s” is no number for %(name)s.", text=text[:40], name=name))
    return value
