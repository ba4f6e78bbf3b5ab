"""A model as solved, with some of its numbers changed: what if this had been the model?

Promises: pure; the model that comes of it has the same rows and variables, in the same order, and
differs in what was changed and nothing else. The changes are data: a solver applies them to the
exported model itself, and nobody writes a model's text.
"""

from typing import Annotated, Literal

from pydantic import Field

from app.core.errors import Invalid
from app.core.execution import Number
from app.core.language import _
from app.core.model import Frozen
from app.core.solved.model import MOST, Conflict, Optimum, Row, SolvedModel, Terms, Variable

CHANGES_VERSION: Literal[1] = 1
MOST_MOVED = 200
Index = Annotated[int, Field(ge=0, lt=MOST)]


class RowChange(Frozen):
    """The sides of a row, both as they shall be; None is none."""

    row: Index
    lower: Number | None
    upper: Number | None


class VariableChange(Frozen):
    """The bounds of a variable, both as they shall be; None is none.

    Of `integer` and `coefficient`, which is the objective's, None leaves what is there.
    """

    variable: Index
    lower: Number | None
    upper: Number | None
    integer: bool | None = None
    coefficient: Number | None = None


class Changes(Frozen):
    """What shall be otherwise in a model; `integrality` is of every variable, before all else."""

    version: Literal[1] = CHANGES_VERSION
    sense: Literal["min", "max"] | None = None
    integrality: Literal["all", "none"] | None = None
    rows: Annotated[tuple[RowChange, ...], Field(max_length=MOST)] = ()
    variables: Annotated[tuple[VariableChange, ...], Field(max_length=MOST)] = ()


class Moved(Frozen):
    """The value of a variable in the model as it was, and as it was changed; None where none is."""

    name: str = Field(max_length=200)
    before: Number | None
    after: Number | None


class Resolved(Frozen):
    """A model solved as it was, and with the changes.

    `moved` are the variables whose values differ, at most `MOST_MOVED`; `more` counts the others.
    `conflict` is why the changed model is infeasible, `problem` why there is less, "" for nothing.
    """

    version: Literal[1] = CHANGES_VERSION
    before: Optimum | None = None
    after: Optimum | None = None
    moved: Annotated[tuple[Moved, ...], Field(max_length=MOST_MOVED)] = ()
    more: int = Field(0, ge=0)
    conflict: Conflict | None = None
    problem: str = Field("", max_length=300)


def changed(model: SolvedModel, changes: Changes) -> SolvedModel:
    """The model with the changes. Raises Invalid where one is about nothing that is there."""
    rows, variables = list(model.rows), list(model.variables)
    costs = dict(model.objective)
    if changes.integrality:
        integer = changes.integrality == "all"
        variables = [each.model_copy(update={"integer": integer}) for each in variables]
    try:
        for row in changes.rows:
            rows[row.row] = _row(rows[row.row], row)
        for each in changes.variables:
            variables[each.variable] = _variable(variables[each.variable], each)
            if each.coefficient is not None:
                costs[each.variable] = each.coefficient
    except IndexError:
        raise Invalid(_("The model has no such row or variable.")) from None
    update = {"rows": tuple(rows), "variables": tuple(variables), "objective": _terms(costs)}
    return model.model_copy(update=update | {"sense": changes.sense or model.sense})


def _row(row: Row, change: RowChange) -> Row:
    _check(row.name, change.lower, change.upper)
    return row.model_copy(update={"lower": change.lower, "upper": change.upper})


def _variable(variable: Variable, change: VariableChange) -> Variable:
    _check(variable.name, change.lower, change.upper)
    integer = variable.integer if change.integer is None else change.integer
    update = {"lower": change.lower, "upper": change.upper, "integer": integer}
    return variable.model_copy(update=update)


def _check(name: str, lower: float | None, upper: float | None) -> None:
    if lower is not None and upper is not None and lower > upper:
        raise Invalid(_("Of %(name)s the lower side is above the upper one.", name=name))


def _terms(costs: dict[int, float]) -> Terms:
    return tuple((at, cost) for at, cost in sorted(costs.items()) if cost)
