"""What the rows of a dataset are made of, read for many branches at once.

Promises: plain tuples, a handful of queries however many branches; nothing is kept in the session,
so memory stays flat while a project streams by.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple, Self

from sqlalchemy import ColumnElement, Text, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.core.trace import Author, StepKind
from app.db.tables import Branch, ProblemRow, ProposalRow, StepRow, Trace


class BranchData(NamedTuple):
    """A branch without its steps."""

    id: int
    trace_id: int
    problem_id: int
    parent_id: int | None
    cut_step: int | None
    cut_offset: int | None
    settings: dict[str, Any]
    grade: dict[str, Any] | None


class StepData(NamedTuple):
    """A step as a tuple (there are millions), with the proposal that a hint comes from."""

    kind: StepKind
    author: Author
    text: str
    token_ids: tuple[int, ...] | None
    tokens: int | None
    proposal_id: int | None

    def changed(self, **fields: Any) -> Self:
        """A copy with other values in these fields."""
        return self._replace(**fields)


class ProposalData(NamedTuple):
    """What a row tells of a proposal."""

    id: int
    flaw: str
    taxonomy_version: str
    proposal: dict[str, Any]
    state: str


class ProblemData(NamedTuple):
    """What a row tells of a problem; its reference as JSON text."""

    id: int
    question: str
    source: str | None
    external_id: str | None
    reference: str
    tolerance: dict[str, Any] | None


class Paths(NamedTuple):
    """All that the paths of some branches need, by id; branches with their ancestors."""

    branches: dict[int, BranchData]
    steps: dict[int, list[StepData]]
    proposals: dict[int, ProposalData]
    problems: dict[int, ProblemData]


def read_paths(session: Session, branch_ids: Collection[int]) -> Paths:
    """What the paths of these branches are made of."""
    branches = _with_ancestors(session, branch_ids)
    steps = _steps(session, branches)
    hints = {each.proposal_id for own in steps.values() for each in own if each.proposal_id}
    problems = {branch.problem_id for branch in branches.values()}
    return Paths(branches, steps, _proposals(session, hints), read_problems(session, problems))


def read_problems(session: Session, ids: Iterable[int]) -> dict[int, ProblemData]:
    """These problems."""
    columns = (
        *(ProblemRow.id, ProblemRow.question, ProblemRow.source, ProblemRow.external_id),
        *(cast(ProblemRow.reference, Text), ProblemRow.tolerance),
    )
    found = session.execute(select(*columns).where(ProblemRow.id.in_(list(ids))))
    return {row.id: ProblemData(*row) for row in found}


def _with_ancestors(session: Session, ids: Collection[int]) -> dict[int, BranchData]:
    found: dict[int, BranchData] = {}
    missing: Sequence[int] = list(ids)
    while missing:
        columns = (
            *(Branch.id, Branch.trace_id, Trace.problem_id, Branch.parent_id),
            *(Branch.cut_step, Branch.cut_offset, Branch.settings, Branch.grade),
        )
        query = select(*columns).join(Trace, Trace.id == Branch.trace_id)
        rows = session.execute(query.where(Branch.id.in_(missing)))
        found |= {row.id: BranchData(*row) for row in rows}
        parents = {branch.parent_id for branch in found.values() if branch.parent_id}
        missing = sorted(parents - found.keys())
    return found


def _steps(session: Session, ids: Iterable[int]) -> dict[int, list[StepData]]:
    columns = (
        *(StepRow.branch_id, StepRow.kind, StepRow.author, StepRow.text),
        *(_text(StepRow.token_ids), StepRow.tokens, StepRow.proposal_id),
    )
    query = select(*columns).where(StepRow.branch_id.in_(list(ids)))
    query = query.order_by(StepRow.branch_id, StepRow.number)
    steps: defaultdict[int, list[StepData]] = defaultdict(list)
    # Of the connection: what the session puts around it takes a quarter of the time.
    found: Sequence[Any] = session.connection().execute(query).all()
    for branch_id, kind, author, text, stored, tokens, proposal_id in found:
        token_ids = tuple(json.loads(stored)) if stored else None
        steps[branch_id].append(StepData(kind, author, text, token_ids, tokens, proposal_id))
    return steps


def _text(column: InstrumentedAttribute[Any]) -> ColumnElement[str | None]:
    """JSON as text, to be read where there is any: most steps have none."""
    return func.nullif(cast(column, Text), "null")


def _proposals(session: Session, ids: Collection[int]) -> dict[int, ProposalData]:
    if not ids:
        return {}
    columns = (getattr(ProposalRow, name) for name in ProposalData._fields)
    found = session.execute(select(*columns).where(ProposalRow.id.in_(list(ids))))
    return {row.id: ProposalData(*row) for row in found}
