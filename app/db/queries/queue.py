"""The queue: traces by filters, a page at a time, each with what its row shows.

Promises: a page costs the same few queries however many traces there are: it goes on from the last
row's id, and everything about its rows is read for all of them at once.
"""

import heapq
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import Session

from app.core.trace import Outcome
from app.db.queries.gold import own_counts, state_for
from app.db.queries.queue_filters import Cursor, Filters, conditions
from app.db.tables import (
    Branch,
    Claim,
    ProblemRow,
    ProposalRow,
    QueueOrder,
    StepRow,
    Trace,
    User,
)
from app.db.types import now

PAGE = 50
_SNIPPET = 220
ORDERS: dict[QueueOrder, tuple[Any, ...]] = {
    "oldest": (Trace.id,),
    "uncertain": (Trace.certainty, Trace.id),
}
"""What each order sorts by; an index of `Trace` begins with each."""


class BranchRow(NamedTuple):
    """What the queue knows of a branch; the columns of `app.db.tables.Branch`."""

    id: int
    trace_id: int
    parent_id: int | None
    cut_step: int | None
    outcome: Outcome | None
    detail: str
    set_aside: bool
    owner_id: int | None
    answer: str | None
    grade: dict[str, Any] | None


class QueueLine(NamedTuple):
    """A trace of the queue with the beginning of its problem."""

    id: int
    project_id: int
    state: str
    certainty: int
    disputed: bool
    snippet: str
    external_id: str | None
    source: str | None


def queue_rows(
    session: Session,
    project_ids: Iterable[int],
    filters: Filters,
    user_id: int | None,
    order: QueueOrder,
    after: Cursor | None = None,
) -> list[QueueLine]:
    """Up to a page and one more of these projects' traces, in order, behind a cursor.

    Each project is read by its own index, and no more of it than a page.
    """
    pages = (_page(session, each, filters, user_id, order, after) for each in project_ids)
    place = attrgetter(*(column.key for column in ORDERS[order]))
    return list(islice(heapq.merge(*pages, key=place), PAGE + 1))


def _page(
    session: Session,
    project_id: int,
    filters: Filters,
    user_id: int | None,
    order: QueueOrder,
    after: Cursor | None,
) -> list[QueueLine]:
    query = select(
        Trace.id,
        Trace.project_id,
        state_for(user_id),
        Trace.certainty,
        Trace.disputed,
        func.substr(ProblemRow.question, 1, _SNIPPET),
        ProblemRow.external_id,
        ProblemRow.source,
    ).join(ProblemRow, ProblemRow.id == Trace.problem_id)
    query = query.where(*conditions(project_id, filters, user_id))
    columns = ORDERS[order]
    if after:
        place = (after.certainty, after.id) if order == "uncertain" else (after.id,)
        query = query.where(tuple_(*columns) > tuple_(*place))
    rows = session.execute(query.order_by(*columns).limit(PAGE + 1))
    return [QueueLine(*row) for row in rows]


def branches_of(session: Session, trace_ids: Iterable[int]) -> list[BranchRow]:
    """The branches of these traces as they joined, without their steps, and without trials."""
    columns = [getattr(Branch, name) for name in BranchRow._fields]
    query: Select[Any] = select(*columns).where(Branch.trace_id.in_(list(trace_ids)))
    ours = query.where(Branch.number.is_not(None)).order_by(Branch.trace_id, Branch.number)
    return [BranchRow(*row) for row in session.execute(ours)]


def hints_of(session: Session, branch_ids: Iterable[int]) -> dict[int, int]:
    """How many hints each of these branches holds itself."""
    return _counted(
        session,
        select(StepRow.branch_id, func.count())
        .where(StepRow.branch_id.in_(list(branch_ids)), StepRow.kind == "hint")
        .group_by(StepRow.branch_id),
    )


def open_hints_of(session: Session, branch_ids: Iterable[int]) -> dict[int, int]:
    """How many proposals on each of these branches nobody has judged."""
    return _counted(
        session,
        select(ProposalRow.branch_id, func.count())
        .where(ProposalRow.branch_id.in_(list(branch_ids)), ProposalRow.state == "open")
        .group_by(ProposalRow.branch_id),
    )


def holders_of(
    session: Session, trace_ids: Iterable[int], user_id: int | None
) -> dict[int, list[str]]:
    """Who holds each of these traces now, as a person finds it."""
    found: dict[int, list[str]] = {}
    query = select(Claim.trace_id, User.name).join(User, User.id == Claim.user_id)
    held = query.where(Claim.trace_id.in_(list(trace_ids)), Claim.until > now())
    held = held.where(Claim.gold_id.is_(None) | (Claim.user_id == user_id))
    for trace_id, name in session.execute(held.order_by(Claim.slot)):
        found.setdefault(trace_id, []).append(name)
    return found


def states_of(session: Session, project_ids: Sequence[int], user_id: int | None) -> dict[str, int]:
    """How many traces are in each state, as a person finds them."""
    query = select(Trace.project_id, Trace.state, func.count())
    ours = query.where(Trace.project_id.in_(project_ids))
    found: dict[int, dict[str, int]] = {}
    for project_id, state, many in session.execute(ours.group_by(Trace.project_id, Trace.state)):
        found.setdefault(project_id, {})[state] = many
    added: Counter[str] = Counter()
    for counts in own_counts(session, user_id, found).values():
        added.update(counts)
    return dict(added)


def sources_of(session: Session, project_ids: Sequence[int]) -> list[str]:
    """Where the projects' problems come from."""
    query = select(ProblemRow.source).where(
        ProblemRow.project_id.in_(project_ids), ProblemRow.source.is_not(None)
    )
    return sorted(name for name in session.scalars(query.distinct()) if name)


def languages_of(session: Session, project_id: int) -> list[str]:
    """In which languages a project's problems are, as far as it is known."""
    query = select(ProblemRow.language).where(ProblemRow.project_id == project_id)
    return sorted(filter(None, session.scalars(query.distinct())))


def models_of(session: Session, project_ids: Sequence[int]) -> list[str]:
    """Which models wrote where the work goes on."""
    query = select(Trace.model).where(Trace.project_id.in_(project_ids), Trace.model != "")
    return sorted(session.scalars(query.distinct()))


def _counted(session: Session, query: Any) -> dict[Any, int]:
    return {row[0]: row[1] for row in session.execute(query)}
