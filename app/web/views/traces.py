"""The list of traces: where each stands and what it answers."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.core.answer import Grade
from app.core.language import N_, _
from app.core.model import Frozen
from app.db.queries.gold import own_states
from app.db.queries.paging import count_of, page_of, pages_for
from app.db.queries.traces import (
    find_traces,
    hints_by_trace,
    newest_branches,
    open_by_trace,
)
from app.db.tables import Branch, Trace
from app.web.views.words import outcome_words

STATES = (
    ("", N_("All traces")),
    ("review", N_("To review")),
    ("golden", N_("Golden")),
    ("unsure", N_("Unsure")),
    ("discarded", N_("Discarded")),
    ("failed", N_("Failed")),
    ("waiting", N_("Being written")),
)


class TraceLine(Frozen):
    """A trace in a list. `branch` is where a person would go on, None where all were set aside."""

    id: int
    branch: int | None
    problem_id: int
    problem: str
    question: str
    state: str
    ended: str
    grade: Grade | None
    open_hints: int
    hints: int
    origin: str
    at: datetime


class TracesView(Frozen):
    """One page of the traces that the filter finds; `total` counts all of them."""

    lines: tuple[TraceLine, ...]
    total: int
    page: int
    pages: int
    text: str
    state: str
    states: tuple[tuple[str, str], ...] = STATES


def traces_view(
    session: Session, project_id: int, text: str, state: str, page: int, user_id: int | None
) -> TracesView:
    """The list."""
    found = find_traces(project_id, text, state, user_id=user_id)
    total = count_of(session, found)
    page = min(page, pages_for(total))
    rows = session.scalars(page_of(found, page)).all()
    return TracesView(
        lines=trace_lines(session, rows, user_id),
        total=total,
        page=page,
        pages=pages_for(total),
        text=text,
        state=state,
    )


def trace_lines(
    session: Session, traces: Sequence[Trace], user_id: int | None
) -> tuple[TraceLine, ...]:
    """Lines for these traces, with a fixed number of queries however many they are."""
    ids = [trace.id for trace in traces]
    branches = newest_branches(session, ids)
    mine = own_states(session, user_id, ids)
    waiting, hints = open_by_trace(session, ids), hints_by_trace(session, ids)
    return tuple(
        _line(
            trace,
            mine.get(trace.id, trace.state),
            branches.get(trace.id),
            waiting.get(trace.id, 0),
            hints.get(trace.id, 0),
        )
        for trace in traces
    )


def _line(trace: Trace, state: str, branch: Branch | None, waiting: int, hints: int) -> TraceLine:
    problem = trace.problem
    return TraceLine(
        id=trace.id,
        branch=branch.id if branch else None,
        problem_id=problem.id,
        problem=problem.external_id or _("Problem %(id)s", id=problem.id),
        question=problem.question[:300],
        state=state,
        ended=outcome_words(branch.outcome) if branch else _("set aside"),
        grade=Grade.model_validate(branch.grade) if branch and branch.grade else None,
        open_hints=waiting,
        hints=hints,
        origin=trace.origin,
        at=trace.created_at,
    )
