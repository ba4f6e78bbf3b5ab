"""The list of problems, and one problem with its reference and traces."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.core.model import Frozen
from app.db.queries.paging import count_of, page_of, pages_for
from app.db.queries.problems import (
    ProblemFilter,
    find_problems,
    references_of,
    states_by_problem,
)
from app.db.queries.traces import find_traces
from app.db.tables import ProblemRow
from app.web.views.traces import TraceLine, trace_lines
from app.web.views.words import reference_words

FILTERS: tuple[tuple[ProblemFilter, str], ...] = (
    ("all", "All problems"),
    ("untried", "Without a trace"),
    ("unknown", "Reference unknown"),
    ("golden", "With a golden trace"),
)


class ProblemLine(Frozen):
    """A problem in the list; `states` counts its traces."""

    id: int
    name: str
    question: str
    reference: str
    difficulty: str
    states: dict[str, int]


class ProblemsView(Frozen):
    """One page of the problems that the filter finds; `total` counts all of them."""

    lines: tuple[ProblemLine, ...]
    total: int
    page: int
    pages: int
    text: str
    only: ProblemFilter
    filters: tuple[tuple[str, str], ...] = FILTERS


class ReferenceLine(Frozen):
    """A reference that the problem had, who recorded it and why."""

    reference: str
    reason: str
    by: str
    at: datetime


class ProblemView(Frozen):
    """One problem."""

    id: int
    name: str
    question: str
    asks: str
    reference: str
    tolerance: str
    source: str
    difficulty: str
    tags: tuple[str, ...]
    history: tuple[ReferenceLine, ...]
    traces: tuple[TraceLine, ...]


def problems_view(
    session: Session, project_id: int, text: str, only: ProblemFilter, page: int
) -> ProblemsView:
    """The list."""
    found = find_problems(project_id, text, only)
    total = count_of(session, found)
    page = min(page, pages_for(total))
    rows = session.scalars(page_of(found, page)).all()
    states = states_by_problem(session, [row.id for row in rows])
    return ProblemsView(
        lines=tuple(_line(row, states.get(row.id, {})) for row in rows),
        total=total,
        page=page,
        pages=pages_for(total),
        text=text,
        only=only,
    )


def problem_view(session: Session, row: ProblemRow) -> ProblemView:
    """One problem with everything that is known of it."""
    traces = session.scalars(find_traces(row.project_id, problem_id=row.id)).all()
    return ProblemView(
        id=row.id,
        name=name_of(row),
        question=row.question,
        asks=row.asks,
        reference=reference_words(row.reference),
        tolerance=_tolerance(row),
        source=row.source or "",
        difficulty=row.difficulty or "",
        tags=tuple(row.tags),
        history=tuple(
            ReferenceLine(
                reference=reference_words(change.reference),
                reason=change.reason,
                by=change.actor_name,
                at=change.at,
            )
            for change in references_of(session, row.id)
        ),
        traces=trace_lines(session, traces),
    )


def name_of(row: ProblemRow) -> str:
    """What a problem is called: its own id where its source gave one."""
    return row.external_id or f"Problem {row.id}"


def _line(row: ProblemRow, states: dict[str, int]) -> ProblemLine:
    return ProblemLine(
        id=row.id,
        name=name_of(row),
        question=row.question[:400],
        reference=reference_words(row.reference),
        difficulty=row.difficulty or "",
        states=states,
    )


def _tolerance(row: ProblemRow) -> str:
    if not row.tolerance:
        return "strict"
    bounds = {name: row.tolerance.get(name) for name in ("relative", "absolute")}
    return ", ".join(f"{name} {bound}" for name, bound in bounds.items() if bound is not None)
