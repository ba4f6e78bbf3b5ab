"""The queue: traces by filters, a page at a time, each with what its row shows.

Promises: a page costs the same few queries however many traces there are: it goes on from the last
row's id, and everything about its rows is read for all of them at once.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, exists, func, select
from sqlalchemy.orm import Session

from app.core.trace import Outcome
from app.db.queries.branches import is_newest
from app.db.tables import Branch, Claim, ProblemRow, ProposalRow, StepRow, Trace, User
from app.db.types import now

PAGE = 50
_SNIPPET = 220


class Filters(NamedTuple):
    """What is looked for; "" is anything. `held` is mine, somebody or nobody."""

    state: str = ""
    held: str = ""
    source: str = ""
    flaw: str = ""
    outcome: str = ""


class BranchRow(NamedTuple):
    """What the queue knows of a branch; the columns of `app.db.tables.Branch`."""

    id: int
    trace_id: int
    parent_id: int | None
    cut_step: int | None
    outcome: Outcome | None
    detail: str
    set_aside: bool
    answer: str | None
    grade: dict[str, Any] | None


def queue_rows(
    session: Session, project_id: int, filters: Filters, user_id: int | None, after: int = 0
) -> Sequence[Row[tuple[int, str, str, str | None, str | None]]]:
    """Up to a page and one more of: trace id, state, snippet, external id and source."""
    query = (
        select(
            Trace.id,
            Trace.state,
            func.substr(ProblemRow.question, 1, _SNIPPET).label("snippet"),
            ProblemRow.external_id,
            ProblemRow.source,
        )
        .join(ProblemRow, ProblemRow.id == Trace.problem_id)
        .where(Trace.project_id == project_id, Trace.id > after)
    )
    for condition in _conditions(filters, user_id):
        query = query.where(condition)
    return session.execute(query.order_by(Trace.id).limit(PAGE + 1)).all()


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


def holders_of(session: Session, trace_ids: Iterable[int]) -> dict[int, list[str]]:
    """Who holds each of these traces now."""
    found: dict[int, list[str]] = {}
    query = select(Claim.trace_id, User.name).join(User, User.id == Claim.user_id)
    held = query.where(Claim.trace_id.in_(list(trace_ids)), Claim.until > now())
    for trace_id, name in session.execute(held.order_by(Claim.slot)):
        found.setdefault(trace_id, []).append(name)
    return found


def states_of(session: Session, project_id: int) -> dict[str, int]:
    """How many traces are in each state."""
    return _counted(
        session,
        select(Trace.state, func.count())
        .where(Trace.project_id == project_id)
        .group_by(Trace.state),
    )


def sources_of(session: Session, project_id: int) -> list[str]:
    """Where the project's problems come from."""
    query = select(ProblemRow.source).where(
        ProblemRow.project_id == project_id, ProblemRow.source.is_not(None)
    )
    return sorted(name for name in session.scalars(query.distinct()) if name)


def _conditions(filters: Filters, user_id: int | None) -> list[ColumnElement[bool]]:
    claimed = exists().where(Claim.trace_id == Trace.id, Claim.until > now())
    flawed = exists().where(
        ProposalRow.trace_id == Trace.id,
        ProposalRow.flaw == filters.flaw,
        ProposalRow.state == "open",
    )
    ended = exists().where(
        Branch.trace_id == Trace.id, is_newest(), Branch.outcome == filters.outcome
    )
    held = {
        "mine": claimed.where(Claim.user_id == user_id),
        "somebody": claimed,
        "nobody": ~claimed,
    }
    chosen = (
        (filters.state, Trace.state == filters.state),
        (filters.held, held.get(filters.held)),
        (filters.source, ProblemRow.source == filters.source),
        (filters.flaw, flawed),
        (filters.outcome, ended),
    )
    return [condition for value, condition in chosen if value and condition is not None]


def _counted(session: Session, query: Any) -> dict[Any, int]:
    return {row[0]: row[1] for row in session.execute(query)}
