"""The forms of what is tried beside a trace: a cell to write, a model whose numbers are changed.

Promises: a number is shown so that sending it back unchanged changes nothing; no more rows and
variables are shown than a page can bear, and a name finds the others.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.core.errors import NotFound
from app.core.fences import source_of
from app.core.language import _
from app.core.note import MAX_CODE
from app.core.solved import Row, SolvedModel
from app.core.solved.algebra import algebra
from app.web.views.desk import Desk

SHOWN = 60
_FEWEST, _MOST_LINES = 6, 30


@dataclass(frozen=True)
class ScratchView:
    """A cell as it opens: beside which step, with what in it; `says` where it goes on from."""

    step: int
    row_id: int
    code: str
    rows: int
    most: int
    says: str


@dataclass(frozen=True)
class RowField:
    """A row: its place in the model, what is summed, and its sides as they are written.

    An equation has `equal` alone.
    """

    at: int
    name: str
    body: str
    equal: str
    lower: str
    upper: str


@dataclass(frozen=True)
class VariableField:
    """A variable, with its coefficient in the objective."""

    at: int
    name: str
    coefficient: str
    lower: str
    upper: str
    integer: bool


@dataclass(frozen=True)
class ChangeView:
    """A model to change; `hidden` counts rows and variables that are not shown."""

    solve_id: int
    sense: str
    rows: tuple[RowField, ...]
    variables: tuple[VariableField, ...]
    filtered: str
    hidden: int


def scratch_view(desk: Desk, step_id: int) -> ScratchView:
    """The cell of a step of the desk's branch. Raises NotFound."""
    found = ((at, step) for at, (step, row) in enumerate(desk.located) if row.id == step_id)
    at, step = next(found, (0, None))
    if step is None:
        raise NotFound(_("There is no such step on this branch."))
    code = source_of(step.text).rstrip() if step.kind == "code" else ""
    return ScratchView(
        step=at + 1,
        row_id=step_id,
        code=code,
        rows=min(max(code.count("\n") + 2, _FEWEST), _MOST_LINES),
        most=MAX_CODE,
        says=_(
            "It goes on from the blocks before step %(step)s, in a session of its own, "
            "and becomes a note beside the trace.",
            step=at + 1,
        ),
    )


def change_view(solve_id: int, model: SolvedModel, filtered: str) -> ChangeView:
    """The numbers of a model; with `filtered`, of the rows and variables whose names have it."""
    rows = [at for at, row in enumerate(model.rows) if filtered in row.name]
    variables = [at for at, each in enumerate(model.variables) if filtered in each.name]
    shown = len(model.rows) + len(model.variables) - len(rows[:SHOWN]) - len(variables[:SHOWN])
    return ChangeView(
        solve_id=solve_id,
        sense=model.sense,
        rows=tuple(_row_fields(model, rows[:SHOWN])),
        variables=tuple(_variable_fields(model, variables[:SHOWN])),
        filtered=filtered,
        hidden=shown,
    )


def written(value: float | None) -> str:
    """A number so that reading it gives the same one; no bound is nothing."""
    if value is None:
        return ""
    return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _row_fields(model: SolvedModel, places: Sequence[int]) -> Iterator[RowField]:
    free = [model.rows[at].model_copy(update={"lower": None, "upper": None}) for at in places]
    bodies = algebra(model.model_copy(update={"rows": tuple(free)}), most=max(len(free), 1))[1:]
    for at, body in zip(places, bodies, strict=False):
        row = model.rows[at]
        words = "".join(token.text for token in body.tokens if token.kind != "word")
        yield RowField(at, row.name, words, *_sides(row))


def _sides(row: Row) -> tuple[str, str, str]:
    if row.lower is not None and row.lower == row.upper:
        return written(row.lower), "", ""
    return "", written(row.lower), written(row.upper)


def _variable_fields(model: SolvedModel, places: Sequence[int]) -> Iterator[VariableField]:
    costs = dict(model.objective)
    for at in places:
        one = model.variables[at]
        cost, bounds = written(costs.get(at, 0.0)), (written(one.lower), written(one.upper))
        yield VariableField(at, one.name, cost, *bounds, one.integer)
