"""The model as solved, beside the problem: its algebra, what examining it found, what has changed.

Promises: the newest solve of the path comes first, each with what differs from the one before it;
numbers that stand in the problem are marked. Names come from the program, and are only text.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from app.core.execution import Execution, Solve
from app.core.language import N_, _, translated
from app.core.numbers import numbers_in, readings_in
from app.core.solved import (
    Difference,
    Examination,
    Line,
    SolvedModel,
    algebra,
    compare,
    finding,
    latex,
)
from app.core.solved.algebra import number
from app.db.tables import ExecutionRow, SolveRow
from app.web.marked import Run
from app.web.views.desk import Desk
from app.web.views.note_lines import NoteLine, note_lines
from app.web.views.workbench import Badge, number_links

SHOWN = 8
_NOT_KEPT = N_("Its model was not kept.")
_TRIVIAL = frozenset({Decimal(0), Decimal(1)})


@dataclass(frozen=True)
class ModelLine:
    """A line of algebra; numbers are `num used` where the problem has them, else `num unused`."""

    label: str
    runs: tuple[Run, ...]


@dataclass(frozen=True)
class SolvedView:
    """One solve: `step` as the core counts; `changes` are against the solve before it.

    `id` is set where its model can be changed and solved again.
    """

    step: int
    library: str
    lines: tuple[ModelLine, ...]
    latex: str
    badges: tuple[Badge, ...]
    conflict: tuple[str, ...]
    changes: tuple[Difference, ...]
    first: bool
    note: str
    id: int | None = None


@dataclass(frozen=True)
class ModelView:
    """`solves` come newest first; `hidden` is how many older ones are not shown.

    `notes` are what people changed in a solve's model, by its id.
    """

    solves: tuple[SolvedView, ...]
    hidden: int
    reading: bool
    notes: Mapping[int, tuple[NoteLine, ...]]
    may_try: bool


def model_view(desk: Desk) -> ModelView:
    """Every model that the path's code solved, as far as it was examined."""
    known = readings_in(desk.problem.question)
    views: list[SolvedView] = []
    before: SolvedModel | None = None
    for step, solve, row in solves_on(desk):
        examination = desk.examinations.get(row.id) if row else None
        if row is None:
            examination = Examination(problem=_NOT_KEPT)
        if examination is not None:
            shown = solved_view(step, solve, examination, before, known)
            views.append(replace(shown, id=row.id) if row and examination.model else shown)
        before = (examination and examination.model) or before
    waiting = any(row is not None and row.examination is None for _, _, row in solves_on(desk))
    return ModelView(
        solves=tuple(reversed(views[-SHOWN:])),
        hidden=max(len(views) - SHOWN, 0),
        reading=waiting,
        notes=note_lines(desk),
        may_try=desk.actor.may("annotator"),
    )


def solvable_model(desk: Desk, solve_id: int) -> SolvedModel | None:
    """The model of a solve on the desk's branch, None where there is none that was read."""
    examined = desk.examinations.get(solve_id)
    return examined.model if examined else None


def solves_on(desk: Desk) -> Iterator[tuple[int, Solve, SolveRow | None]]:
    """Each solve of the newest execution of each Code step, with its model's row if it has one."""
    newest: dict[int, ExecutionRow] = {row.step_id: row for row in desk.executions}
    rows = {(row.execution_id, row.number): row for row in desk.solves}
    for step, (_step, step_row) in enumerate(desk.located):
        if (execution := newest.get(step_row.id)) is not None:
            for at, solve in enumerate(Execution.model_validate(execution.execution).solves):
                yield step, solve, rows.get((execution.id, at))


def solved_numbers(desk: Desk) -> frozenset[Decimal]:
    """Every number of every model that the path's code solved."""
    found: set[float] = set()
    for _step, _solve, row in solves_on(desk):
        examination = desk.examinations.get(row.id) if row else None
        if examination and examination.model:
            found |= _values(examination.model)
    return frozenset(each for value in found for each in numbers_in(number(value)))


def _values(model: SolvedModel) -> set[float]:
    terms = (
        term for sums in (model.objective, *(row.terms for row in model.rows)) for term in sums
    )
    rows = (bound for row in model.rows for bound in (row.lower, row.upper))
    domains = (bound for each in model.variables for bound in (each.lower, each.upper))
    bounds = {bound for bound in (*rows, *domains) if bound is not None}
    return bounds | {value for _at, value in terms} | {model.constant}


def difference_badge(solve: Solve, examination: Examination | None) -> Badge | None:
    """The claim held against the re-solve, where they differ."""
    said = finding(solve, examination) if examination else None
    if said is None or examination is None or examination.solved is None:
        return None
    found = examination.solved
    value = found.status if found.objective is None else number(found.objective)
    return Badge(_("solved again: %(found)s", found=value), "bad", said)


def solved_view(
    step: int,
    solve: Solve,
    examined: Examination,
    before: SolvedModel | None,
    known: frozenset[Decimal],
) -> SolvedView:
    """A solve as it was examined; `before` is the model that it is compared with."""
    model, conflict = examined.model, examined.conflict
    lines = algebra(model) if model else ()
    return SolvedView(
        step=step,
        library=solve.library,
        lines=tuple(_lines(lines, known)),
        latex=latex(lines) if lines else "",
        badges=tuple(_badges(solve, examined)),
        conflict=(*conflict.rows, *conflict.bounds) if conflict else (),
        changes=compare(before, model) if before and model else (),
        first=before is None,
        note=solve.note or examined.problem,
    )


def _badges(solve: Solve, examined: Examination) -> Iterator[Badge]:
    if (differs := difference_badge(solve, examined)) is not None:
        yield differs
    elif (found := examined.solved) is not None and found.objective is not None:
        said = _("solved again: %(found)s", found=number(found.objective))
        yield Badge(said, "good", _("the model's own optimum"))
    elif found is not None:
        said = _("solved again: %(found)s", found=translated(found.status.lower()))
        yield Badge(said, "plain", _("the model's own status"))
    for label, optimum, told in (
        (_("relaxed"), examined.relaxed, _("without integrality")),
        (_("in whole numbers"), examined.whole, _("with every variable integer")),
    ):
        if optimum is not None and optimum.objective is not None:
            yield Badge(f"{label}: {number(optimum.objective)}", "plain", told)


def _lines(lines: Iterable[Line], known: frozenset[Decimal]) -> Iterator[ModelLine]:
    """The lines; of each number that the problem has, the `first` can be gone to by key."""
    seen: set[str] = set()
    for line in lines:
        found = []
        for token in line.tokens:
            run = Run(token.text, token.kind)
            if token.kind == "number":
                run = _number(token.text, known)
            if "used" in run.names.split() and run.links not in seen:
                seen.add(run.links)
                run = run._replace(names=f"{run.names} first")
            found.append(run)
        yield ModelLine(line.label, tuple(found))


def _number(text: str, known: frozenset[Decimal]) -> Run:
    values = numbers_in(text)
    if values <= _TRIVIAL:
        return Run(text, "num")
    return Run(text, "num used" if values & known else "num unused", number_links(values))
