"""A note in one line: who tried what beside the trace, and what came of it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.core.language import _
from app.core.note import ASKED, FOUND, Cell, CellFound, ModelFound, OtherModel
from app.core.solved import Difference, Optimum
from app.core.solved.algebra import number
from app.db.tables import Note
from app.web.views.desk import Desk

_NAMED = 3
"""How many changes are told in one line."""


@dataclass(frozen=True)
class NoteLine:
    """`what` was tried and `came` of it, "" while it runs; `mine` is whether the person asked."""

    id: int
    who: str
    at: datetime
    what: str
    came: str
    running: bool
    mine: bool


def note_line(desk: Desk, note: Note, *, beside: str = "") -> NoteLine:
    """The line of a note; `beside` is the kind of step that it stands beside, for a cell."""
    asked = ASKED.validate_python(note.asked)
    return NoteLine(
        id=note.id,
        who=desk.name_of(note.actor),
        at=note.at,
        what=_cell(beside) if isinstance(asked, Cell) else changes_in(asked),
        came=_came(note),
        running=note.state == "waiting",
        mine=note.user_id == desk.actor.id,
    )


def note_lines(desk: Desk) -> Mapping[int, tuple[NoteLine, ...]]:
    """The notes about models, by the solve that each is about."""
    lines: dict[int, list[NoteLine]] = defaultdict(list)
    for note in desk.notes:
        if note.asked["kind"] == "model":
            lines[note.asked["solve_id"]].append(note_line(desk, note))
    return {solve: tuple(each) for solve, each in lines.items()}


def found_of(note: Note) -> CellFound | ModelFound | None:
    """What was found, None where nothing was."""
    return FOUND.validate_python(note.found) if note.state == "done" else None


def changes_in(asked: OtherModel) -> str:
    """What was changed in a model, in a few words."""
    told = list(told_changes(asked))
    rest = len(told) - _NAMED
    more = [_("%(many)s more", many=rest)] if rest > 0 else []
    return "; ".join([*told[:_NAMED], *more])


def difference_words(one: Difference) -> str:
    """One change as it would be written."""
    if one.kind == "row":
        return f"{one.where}: {one.after}"
    if one.kind == "sense":
        return f"{one.before} → {one.after}"
    return f"{one.where} {one.before} → {one.after}"


def ended(optimum: Optimum | None) -> str:
    """How a solve ended: its objective, else its status."""
    if optimum is None:
        return ""
    return optimum.status.lower() if optimum.objective is None else number(optimum.objective)


def _cell(beside: str) -> str:
    if beside == "code":
        return _("a cell in place of this code")
    return _("a cell before this step")


def told_changes(asked: OtherModel) -> Iterator[str]:
    """Each change in a few words."""
    integrality = asked.changes.integrality
    if integrality:
        yield _("every variable integer") if integrality == "all" else _("no variable integer")
    for each in asked.differences:
        if not (integrality and each.kind == "type"):
            yield difference_words(each)


def _came(note: Note) -> str:
    if note.state == "failed":
        return note.error
    if note.state == "stopped":
        return _("stopped")
    found = found_of(note)
    if isinstance(found, ModelFound):
        return _model_came(found)
    return _cell_came(found) if found else ""


def _model_came(found: ModelFound) -> str:
    resolved = found.resolved
    if resolved.problem:
        return resolved.problem
    values = {"after": ended(resolved.after), "before": ended(resolved.before)}
    return _("%(after)s instead of %(before)s", **values)


def _cell_came(found: CellFound) -> str:
    run = found.execution
    if run.status != "ok":
        return run.exception.type if run.exception else run.status.replace("_", " ")
    if run.solves:
        last = run.solves[-1]
        return last.status if last.objective is None else number(last.objective)
    printed = found.output.strip()
    return printed if len(printed) < 30 and "\n" not in printed else ""
