"""Full-text search: the newest entries that match, and what a list shows of each.

Promises: only what belongs to the given projects; the words that were typed never reach the
database as anything but words. A page costs the index's own walk from where the last one ended.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from app.core.search import Query
from app.db.queries.branches import is_anybodys, is_shown
from app.db.search.documents import Kind, kind_mark, project_mark
from app.db.search.engines import asked, found
from app.db.tables import Branch, ProblemRow, Project, ProposalRow, SearchText, StepRow, Trace

_NEWEST = 2**31 - 1


class Hit(NamedTuple):
    """An entry that matches: its id, and the row that it is about."""

    entry: int
    about: str
    subject_id: int


def hits_of(
    session: Session,
    query: Query,
    kind: Kind,
    project_ids: Sequence[int],
    *,
    most: int,
    before: int = 0,
) -> list[Hit]:
    """The newest `most` entries of a kind in these projects, or those before an entry."""
    if not query or not project_ids:
        return []
    engine = session.get_bind().dialect.name
    marks = ([kind_mark(kind)], [project_mark(each) for each in project_ids])
    values = {"asked": asked(engine, query, *marks), "before": before or _NEWEST, "most": most}
    ids = session.scalars(text(found(engine)), values).all()
    entries = select(SearchText.id, SearchText.about, SearchText.subject_id)
    rows = session.execute(entries.where(SearchText.id.in_(ids)).order_by(SearchText.id.desc()))
    return [Hit(*row) for row in rows]


def problems_found(
    session: Session, ids: Iterable[int], project_ids: Iterable[int]
) -> dict[int, Row[Any]]:
    """Problems by id: name, text and project's address."""
    query = select(*_PROBLEM, ProblemRow.source).join(Project, Project.id == ProblemRow.project_id)
    query = query.where(ProblemRow.id.in_(ids), Project.id.in_(project_ids))
    rows: Iterable[Any] = session.execute(query)
    return {row.problem_id: row for row in rows}


def steps_found(
    session: Session, ids: Iterable[int], project_ids: Iterable[int]
) -> dict[int, Row[Any]]:
    """Steps by id, each with its branch, its trace and its problem."""
    query = select(StepRow.id, StepRow.number, StepRow.kind, StepRow.text, *_PROBLEM, *_BRANCH)
    return _placed(session, query, StepRow, ids, project_ids)


def proposals_found(
    session: Session, ids: Iterable[int], project_ids: Iterable[int]
) -> dict[int, Row[Any]]:
    """Proposals by id, each with its branch, its trace and its problem."""
    query = select(ProposalRow.id, ProposalRow.state, ProposalRow.proposal, *_PROBLEM, *_BRANCH)
    query = query.where(is_anybodys())
    return _placed(session, query, ProposalRow, ids, project_ids)


_PROBLEM: tuple[Any, ...] = (
    ProblemRow.id.label("problem_id"),
    ProblemRow.external_id,
    ProblemRow.question,
    Project.slug,
    Project.name.label("project"),
)
_BRANCH: tuple[Any, ...] = (
    Branch.trace_id,
    Branch.id.label("branch_id"),
    Branch.number.label("branch_number"),
    Branch.set_aside,
    Branch.cut_step,
    Branch.cut_offset,
)


def _placed(
    session: Session, query: Any, table: Any, ids: Iterable[int], project_ids: Iterable[int]
) -> dict[int, Row[Any]]:
    joined = (
        query.join(Branch, Branch.id == table.branch_id)
        .join(Trace, Trace.id == Branch.trace_id)
        .join(ProblemRow, ProblemRow.id == Trace.problem_id)
        .join(Project, Project.id == Trace.project_id)
        .where(table.id.in_(ids), Project.id.in_(project_ids), is_shown())
    )
    return {row.id: row for row in session.execute(joined)}
