"""What people tried beside the steps of a trace: folded, each with all that was found.

Promises: a note says who asked, what, and how tightly it was held; nothing of it stands in a body
that a selection or a place of the trace can be in. What a program printed is only text.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from app.core.execution import Execution
from app.core.note import ASKED, Cell, CellFound, ModelFound, OtherModel
from app.core.numbers import readings_in
from app.core.solved import Examination, Moved, SolvedModel
from app.core.solved.algebra import number
from app.db.tables import Note
from app.web.highlight import python_marks
from app.web.marked import Run, lines, runs
from app.web.views.desk import Desk
from app.web.views.facts import Chip, chips_of
from app.web.views.model import SolvedView, solved_view
from app.web.views.note_lines import (
    NoteLine,
    ended,
    found_of,
    note_line,
    told_changes,
)


@dataclass(frozen=True)
class CellLine:
    """A line of a cell; `other` where the step's own code has none like it."""

    runs: tuple[Run, ...]
    failing: bool
    other: bool


@dataclass(frozen=True)
class CellView:
    """A cell and what it did; `others` are the lines that the step's own code does not have.

    `solved` is the last model that it solved, against the step's own.
    """

    code: tuple[CellLine, ...]
    others: tuple[CellLine, ...]
    output: str
    error: bool
    diverged: bool
    chips: tuple[Chip, ...]
    solved: SolvedView | None


@dataclass(frozen=True)
class MovedView:
    """A variable whose value differs; "" where there is none."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class OtherView:
    """A model that was changed: each change, how it ended before and after, and what moved."""

    changes: tuple[str, ...]
    before: str
    after: str
    moved: tuple[MovedView, ...]
    more: int
    conflict: tuple[str, ...]
    problem: str


@dataclass(frozen=True)
class NoteView:
    """A note: its line, and the one of the two that it is; neither while nothing was found."""

    line: NoteLine
    cell: CellView | None = None
    other: OtherView | None = None


def notes_view(desk: Desk) -> Mapping[int, tuple[NoteView, ...]]:
    """The notes by the row of the step that they stand beside."""
    views: dict[int, list[NoteView]] = defaultdict(list)
    kinds = {row.id: step.kind for step, row in desk.located}
    for note in desk.notes:
        views[note.step_id].append(_note(desk, note, kinds[note.step_id]))
    return {step: tuple(each) for step, each in views.items()}


def _note(desk: Desk, note: Note, kind: str) -> NoteView:
    asked, found = ASKED.validate_python(note.asked), found_of(note)
    line = note_line(desk, note, beside=kind)
    if isinstance(asked, OtherModel):
        kept = found if isinstance(found, ModelFound) else None
        return NoteView(line, other=_other(asked, kept))
    kept_cell = found if isinstance(found, CellFound) else None
    return NoteView(line, cell=_cell(desk, note, asked, kept_cell))


def _other(asked: OtherModel, found: ModelFound | None) -> OtherView:
    resolved = found.resolved if found else None
    conflict = resolved.conflict if resolved else None
    return OtherView(
        changes=tuple(told_changes(asked)),
        before=ended(resolved.before) if resolved else "",
        after=ended(resolved.after) if resolved else "",
        moved=tuple(map(_moved, resolved.moved)) if resolved else (),
        more=resolved.more if resolved else 0,
        conflict=(*conflict.rows, *conflict.bounds) if conflict else (),
        problem=resolved.problem if resolved else "",
    )


def _moved(one: Moved) -> MovedView:
    return MovedView(one.name, _value(one.before), _value(one.after))


def _value(value: float | None) -> str:
    return "" if value is None else number(value)


def _cell(desk: Desk, note: Note, cell: Cell, found: CellFound | None) -> CellView:
    run = found.execution if found else None
    code = tuple(_code(desk, note, cell.code, run))
    return CellView(
        code=code,
        others=tuple(line for line in code if line.other),
        output=found.output if found else "",
        error=run is not None and run.status != "ok",
        diverged=found is not None and found.diverged,
        chips=tuple(chips_of(run, {}, {})) if run else (),
        solved=_solved(desk, note, found) if found else None,
    )


def _code(desk: Desk, note: Note, code: str, run: Execution | None) -> list[CellLine]:
    failing = run.exception.line if run and run.exception else None
    own = next((step.text for step, row in desk.located if row.id == note.step_id), "")
    kind = next((step.kind for step, row in desk.located if row.id == note.step_id), "")
    known = {line.rstrip() for line in own.split("\n")} if kind == "code" else None
    return [
        CellLine(tuple(line), number == failing, _is_other(line, known))
        for number, line in enumerate(lines(runs(code, python_marks(code))), 1)
    ]


def _is_other(line: list[Run], known: set[str] | None) -> bool:
    text = "".join(run.text for run in line).rstrip()
    return known is not None and bool(text) and text not in known


def _solved(desk: Desk, note: Note, found: CellFound) -> SolvedView | None:
    if not found.examinations:
        return None
    at, examination = max(found.examinations.items())
    known: frozenset[Decimal] = readings_in(desk.problem.question)
    solve = found.execution.solves[at]
    return solved_view(at, solve, examination, _own_model(desk, note.step_id), known)


def _own_model(desk: Desk, step_id: int) -> SolvedModel | None:
    """The model that the step's own code solved last, as far as it was examined."""
    executions = [row.id for row in desk.executions if row.step_id == step_id]
    rows = [row for row in desk.solves if executions and row.execution_id == executions[-1]]
    examined = (desk.examinations.get(row.id, Examination()) for row in reversed(rows))
    return next((each.model for each in examined if each.model), None)
