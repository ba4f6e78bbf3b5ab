"""Traces of a project: the list with its filter, and where each stands."""

from collections.abc import Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.db.queries.branches import is_newest, is_shown
from app.db.queries.gold import stands_as
from app.db.tables import Branch, ProblemRow, ProposalRow, StepRow, Trace, Verdict


def find_traces(
    project_id: int,
    text: str = "",
    state: str = "",
    problem_id: int | None = None,
    user_id: int | None = None,
) -> Select[Trace]:
    """Traces of this state whose problem holds `text`, newest first; empty means any.

    As a person finds them.
    """
    query = select(Trace).where(Trace.project_id == project_id).order_by(Trace.id.desc())
    if state:
        query = query.where(stands_as(state, user_id))
    if problem_id:
        query = query.where(Trace.problem_id == problem_id)
    if text:
        question = ProblemRow.question.icontains(text, autoescape=True)
        named = ProblemRow.external_id.icontains(text, autoescape=True)
        query = query.join(Trace.problem).where(question | named)
    return query


def newest_branches(session: Session, trace_ids: Sequence[int]) -> dict[int, Branch]:
    """The newest branch of each trace that was not set aside, of those that anybody may see."""
    lineage = (Branch.number.is_not(None), Branch.set_aside.is_(False), is_shown())
    found = select(Branch).join(Trace, Trace.id == Branch.trace_id).where(*lineage)
    found = found.where(Branch.trace_id.in_(trace_ids)).order_by(Branch.number)
    return {branch.trace_id: branch for branch in session.scalars(found)}


def closed_branch_ids(session: Session, traces: Select[Trace]) -> list[int]:
    """The newest branches of these traces, where they are closed: what can be reviewed."""
    ids = traces.with_only_columns(Trace.id).order_by(None)
    newest = select(Branch.id).where(Branch.trace_id.in_(ids), is_newest())
    closed = newest.where(Branch.outcome.is_not(None))
    return list(session.scalars(closed.order_by(Branch.id)))


def open_by_trace(session: Session, trace_ids: Sequence[int]) -> dict[int, int]:
    """How many proposals of each trace nobody has judged."""
    query = select(ProposalRow.trace_id, func.count().label("many"))
    query = query.where(ProposalRow.trace_id.in_(trace_ids), ProposalRow.state == "open")
    rows = session.execute(query.group_by(ProposalRow.trace_id))
    return {each.trace_id: each.many for each in rows}


def hints_by_trace(session: Session, trace_ids: Sequence[int]) -> dict[int, int]:
    """How many hints were put into each trace, on all its branches but trials."""
    query = select(Branch.trace_id, func.count().label("many")).join(
        StepRow, StepRow.branch_id == Branch.id
    )
    query = query.where(Branch.trace_id.in_(trace_ids), StepRow.kind == "hint")
    query = query.join(Trace, Trace.id == Branch.trace_id)
    query = query.where(Branch.number.is_not(None), is_shown())
    rows = session.execute(query.group_by(Branch.trace_id))
    return {each.trace_id: each.many for each in rows}


def returned_by_reference(session: Session, trace_ids: Sequence[int]) -> set[int]:
    """Those of these traces that were golden until their problem's reference was changed."""
    newest = select(func.max(Verdict.id)).where(Verdict.trace_id.in_(trace_ids))
    query = select(Verdict.trace_id).where(
        Verdict.id.in_(newest.group_by(Verdict.trace_id)),
        Verdict.withdrawal == "reference",
    )
    return set(session.scalars(query))
