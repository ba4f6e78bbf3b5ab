"""The list of problems, and one problem with its reference and traces."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.core.language import N_, _
from app.core.model import Frozen
from app.db.queries.paging import count_of, page_of, pages_for
from app.db.queries.problems import (
    ProblemFilter,
    doubted,
    find_problems,
    states_by_problem,
)
from app.db.queries.suspects import suspects
from app.db.queries.traces import find_traces
from app.db.tables import ProblemRow
from app.web.views.references import HistoryLine, SuspicionView, history_of, suspicion_view
from app.web.views.traces import TraceLine, trace_lines
from app.web.views.words import reference_words, suspect_words

FILTERS: tuple[tuple[ProblemFilter, str], ...] = (
    ("all", N_("All problems")),
    ("untried", N_("Without a trace")),
    ("unknown", N_("Reference unknown")),
    ("suspect", N_("Reference suspect")),
    ("doubted", N_("Reference questioned")),
    ("golden", N_("With a golden trace")),
)


class ProblemLine(Frozen):
    """A problem in the list; `states` counts its traces.

    `suspect` says what speaks against its reference, "" for nothing.
    """

    id: int
    name: str
    question: str
    reference: str
    unknown: bool
    difficulty: str
    states: dict[str, int]
    suspect: str
    doubted: bool


class ProblemsView(Frozen):
    """One page of the problems that the filter finds; `total` counts all of them."""

    lines: tuple[ProblemLine, ...]
    total: int
    page: int
    pages: int
    text: str
    only: ProblemFilter
    filters: tuple[tuple[str, str], ...] = FILTERS


class ProblemView(Frozen):
    """One problem. `doubted` says that somebody questions its reference."""

    id: int
    name: str
    question: str
    asks: str
    reference: str
    unknown: bool
    tolerance: str
    source: str
    difficulty: str
    tags: tuple[str, ...]
    language: str
    history: tuple[HistoryLine, ...]
    suspicion: SuspicionView | None
    doubted: bool
    traces: tuple[TraceLine, ...]


def problems_view(
    session: Session,
    project_id: int,
    text: str,
    only: ProblemFilter,
    page: int,
    user_id: int | None,
) -> ProblemsView:
    """The list."""
    found = find_problems(session, project_id, text, only)
    total = count_of(session, found)
    page = min(page, pages_for(total))
    rows = session.scalars(page_of(found, page)).all()
    return ProblemsView(
        lines=_lines(session, project_id, rows, user_id),
        total=total,
        page=page,
        pages=pages_for(total),
        text=text,
        only=only,
    )


def problem_view(session: Session, row: ProblemRow, user_id: int | None) -> ProblemView:
    """One problem with everything that is known of it, as this person reads it."""
    history = history_of(session, row, user_id)
    traces = session.scalars(find_traces(row.project_id, problem_id=row.id)).all()
    return ProblemView(
        id=row.id,
        name=name_of(row),
        question=row.question,
        asks=row.asks,
        reference=reference_words(row.reference),
        unknown=row.reference["kind"] == "unknown",
        tolerance=_tolerance(row),
        source=row.source or "",
        difficulty=row.difficulty or "",
        tags=tuple(row.tags),
        language=row.language,
        history=history,
        suspicion=suspicion_view(suspects(session, row.project_id, [row.id]).get(row.id)),
        doubted=any(line.open for line in history),
        traces=trace_lines(session, traces, user_id),
    )


def name_of(row: ProblemRow) -> str:
    """What a problem is called: its own id where its source gave one."""
    return row.external_id or _("Problem %(id)s", id=row.id)


def _lines(
    session: Session, project_id: int, rows: Sequence[ProblemRow], user_id: int | None
) -> tuple[ProblemLine, ...]:
    ids = [row.id for row in rows]
    states, questioned = states_by_problem(session, ids, user_id), doubted(session, ids)
    against = suspects(session, project_id, ids)
    return tuple(
        ProblemLine(
            id=row.id,
            name=name_of(row),
            question=row.question[:400],
            reference=reference_words(row.reference),
            unknown=row.reference["kind"] == "unknown",
            difficulty=row.difficulty or "",
            states=states.get(row.id, {}),
            suspect=suspect_words(against.get(row.id)),
            doubted=row.id in questioned,
        )
        for row in rows
    )


def _tolerance(row: ProblemRow) -> str:
    if not row.tolerance:
        return "strict"
    bounds = {name: row.tolerance.get(name) for name in ("relative", "absolute")}
    return ", ".join(f"{name} {bound}" for name, bound in bounds.items() if bound is not None)
