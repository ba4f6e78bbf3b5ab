"""Which judged branches, and which problems, a selection for a dataset finds.

Promises: light tuples in the order of their ids, so the same selection is in the same order
whenever it is asked; no text of a trace is read.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.core.lifecycle import STATE_AFTER, VerdictDecision
from app.core.selection import Selection
from app.db.queries.problems import is_open
from app.db.queries.suspects import suspects
from app.db.tables import (
    Branch,
    Doubt,
    Judgement,
    ProblemRow,
    ProposalRow,
    ReferenceChange,
    Trace,
    Verdict,
)

_CHUNK = 500
IMPORT = "import"
"""Who a reference is from that came with a file."""


class Candidate(NamedTuple):
    """A judged branch; `right` is what its grade says, None where the reference is unknown."""

    branch_id: int
    trace_id: int
    problem_id: int
    key: str
    source: str | None
    difficulty: str | None
    verdict: VerdictDecision
    reason: str
    right: bool | None


class Asked(NamedTuple):
    """A problem that could be trained on."""

    problem_id: int
    key: str
    source: str | None
    difficulty: str | None


def judged(session: Session, project_id: int, selection: Selection) -> list[Candidate]:
    """The branches that a selection finds, but for its sample: the newest verdict of each."""
    columns = (
        *(Verdict.branch_id, Trace.id, ProblemRow.id, ProblemRow.key, ProblemRow.source),
        *(ProblemRow.difficulty, Verdict.decision, Verdict.reason),
        Branch.grade["correct"].as_boolean(),
    )
    query = _settled(columns, project_id, selection).where(*_narrowed(selection))
    group = Verdict.branch_id if selection.all_branches else Verdict.trace_id
    newest = _settled((func.max(Verdict.id),), project_id, selection).group_by(group)
    found = session.execute(query.where(Verdict.id.in_(newest)).order_by(Verdict.branch_id))
    return [Candidate(*row) for row in found]


def asked(session: Session, project_id: int, selection: Selection) -> list[Asked]:
    """The problems with a known reference that a selection finds, but for its sample."""
    columns = (ProblemRow.id, ProblemRow.key, ProblemRow.source, ProblemRow.difficulty)
    known = ProblemRow.reference["kind"].as_string() != "unknown"
    query = select(*columns).where(ProblemRow.project_id == project_id, known, *_of(selection))
    if selection.golden_problems:
        golden = _settled((Trace.problem_id,), project_id, selection)
        query = query.where(ProblemRow.id.in_(golden))
    if not selection.unchecked:
        query = query.where(_checked(), ~exists().where(_doubt()))
    found = [Asked(*row) for row in session.execute(query.order_by(ProblemRow.id))]
    if selection.unchecked:
        return found
    suspect = suspects(session, project_id)
    return [each for each in found if each.problem_id not in suspect]


def flaws_corrected(session: Session, project_id: int) -> dict[int, set[str]]:
    """By the branch that an accepted hint began, the flaw that it corrects."""
    query = (
        select(Judgement.branch_id, ProposalRow.flaw)
        .join(ProposalRow, ProposalRow.id == Judgement.proposal_id)
        .join(Trace, Trace.id == Judgement.trace_id)
        .where(Trace.project_id == project_id, Judgement.undone_at.is_(None))
        .where(Judgement.branch_id.is_not(None))
    )
    found: dict[int, set[str]] = {}
    for branch_id, flaw in session.execute(query):
        found.setdefault(branch_id or 0, set()).add(flaw)
    return found


def parents(session: Session, project_id: int) -> dict[int, int]:
    """By each branch of a project its parent, where it has one."""
    query = select(Branch.id, Branch.parent_id).join(Trace, Trace.id == Branch.trace_id)
    found = session.execute(query.where(Trace.project_id == project_id))
    return {branch_id: parent for branch_id, parent in found if parent}


def questions(session: Session, ids: Sequence[int]) -> Iterator[tuple[int, str]]:
    """The texts of these problems, streamed in the order of their ids."""
    for at in range(0, len(ids), _CHUNK):
        query = select(ProblemRow.id, ProblemRow.question)
        some = query.where(ProblemRow.id.in_(ids[at : at + _CHUNK])).order_by(ProblemRow.id)
        yield from ((problem_id, question) for problem_id, question in session.execute(some))


def _settled(columns: tuple[Any, ...], project_id: int, selection: Selection) -> Select[Any]:
    """Standing verdicts of traces that are settled as these say (under overlap all of them)."""
    query = (
        select(*columns)
        .select_from(Verdict)
        .join(Trace, Trace.id == Verdict.trace_id)
        .join(Branch, Branch.id == Verdict.branch_id)
        .join(ProblemRow, ProblemRow.id == Trace.problem_id)
        .where(Trace.project_id == project_id, Verdict.withdrawn_at.is_(None))
        .where(Verdict.gold_id.is_(None))
        .where(or_(*map(_state, selection.verdicts)))
    )
    return query if selection.any_actor else query.where(Verdict.user_id.is_not(None))


def _state(decision: VerdictDecision) -> ColumnElement[bool]:
    return (Verdict.decision == decision) & (Trace.state == STATE_AFTER[decision])


def _narrowed(selection: Selection) -> list[ColumnElement[bool]]:
    """The conditions of a selection on a verdict, its branch and its problem."""
    conditions = _of(selection)
    if selection.people:
        conditions.append(Verdict.user_id.in_(selection.people))
    if selection.since:
        conditions.append(Verdict.at >= _midnight(selection.since))
    if selection.until:
        conditions.append(Verdict.at < _midnight(selection.until) + timedelta(days=1))
    if selection.shortest:
        conditions.append(Branch.path_tokens >= selection.shortest)
    if selection.longest:
        conditions.append(Branch.path_tokens <= selection.longest)
    if selection.agreed:
        conditions += _agreed()
    return conditions


def _of(selection: Selection) -> list[ColumnElement[bool]]:
    """The conditions on a problem."""
    conditions: list[ColumnElement[bool]] = []
    if selection.sources:
        conditions.append(func.coalesce(ProblemRow.source, "").in_(selection.sources))
    if selection.difficulties:
        conditions.append(func.coalesce(ProblemRow.difficulty, "").in_(selection.difficulties))
    return conditions


def _agreed() -> list[ColumnElement[bool]]:
    """At least two people judged the trace, each before they saw the others', and nobody otherwise.

    A verdict that was given anew after seeing the others' is no sign of agreement.
    """
    other = aliased(Verdict)
    own = (other.trace_id == Trace.id) & other.withdrawn_at.is_(None) & other.final.is_(False)
    own &= other.gold_id.is_(None)
    blind = select(func.count(other.user_id.distinct())).where(own, other.informed.is_(False))
    return [
        blind.scalar_subquery() >= 2,
        ~exists().where(own, other.decision != Verdict.decision),
    ]


def _checked() -> ColumnElement[bool]:
    """A person looked at the reference: recorded or confirmed it, or called a trace golden."""
    change, verdict, trace = aliased(ReferenceChange), aliased(Verdict), aliased(Trace)
    golden = (
        (trace.problem_id == ProblemRow.id)
        & (trace.state == "golden")
        & (verdict.decision == "golden")
        & verdict.withdrawn_at.is_(None)
        & verdict.user_id.is_not(None)
        & verdict.gold_id.is_(None)
    )
    judged_so = select(verdict.id).join(trace, trace.id == verdict.trace_id).where(golden)
    looked_at = exists().where(change.problem_id == ProblemRow.id, change.actor_name != IMPORT)
    return or_(looked_at, judged_so.exists())


def _midnight(day: date) -> datetime:
    """Where a day begins (UTC)."""
    return datetime.combine(day, time(), UTC)


def _doubt() -> ColumnElement[bool]:
    return (Doubt.problem_id == ProblemRow.id) & is_open()
