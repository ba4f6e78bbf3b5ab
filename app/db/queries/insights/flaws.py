"""Flaws that were found: by type, by benchmark, by stage; and what people made of the hints."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select, SQLColumnExpression, and_, case, func, literal, select
from sqlalchemy.orm import Session

from app.db.queries.insights.population import is_finished, is_looked_at, source, stage
from app.db.tables import Branch, Judgement, ProblemRow, ProposalRow, Trace

STANDING = ("open", "accepted", "edited")
"""States of proposals of flaws that stand: nobody rejected them, withdrew them or gave way."""


class Found(NamedTuple):
    """Of `key` (a benchmark or a stage), the branches in which a flaw of `kind` stands."""

    key: str
    kind: str
    branches: int


class Fate(NamedTuple):
    """How many hints of a source for a flaw ended so.

    `decision` is accept, edit or reject; None where nobody decided. `by` is who did: a person, a
    policy or a script.
    """

    flaw: str
    kind: str
    name: str
    decision: str | None
    by: str | None
    n: int


def states_by_flaw(session: Session, project_id: int) -> dict[tuple[str, str], int]:
    """How many proposals of each flaw are in each state."""
    query = (
        select(ProposalRow.flaw, ProposalRow.state, func.count())
        .join(Trace, Trace.id == ProposalRow.trace_id)
        .where(Trace.project_id == project_id)
        .group_by(ProposalRow.flaw, ProposalRow.state)
    )
    return {(flaw, state): n for flaw, state, n in session.execute(query)}


def looked_at(session: Session, project_id: int, by: str) -> dict[str, int]:
    """How many finished branches were looked at, by `source` or `stage`."""
    key = _KEYS[by]()
    rows = session.execute(_branches(project_id, key, func.count()).group_by(key))
    return {row[0]: row[1] for row in rows}


def flaws_found(session: Session, project_id: int, by: str) -> list[Found]:
    """The branches in which each flaw stands, by `source` or `stage`."""
    return _found(session, project_id, by, ProposalRow.flaw)


def groups_found(
    session: Session, project_id: int, by: str, computation: Collection[str]
) -> list[Found]:
    """The same by group; `computation` are that group's flaws, all others are expertise."""
    group = case(
        (ProposalRow.flaw.in_(list(computation)), literal("computation")),
        else_=literal("expertise"),
    )
    return _found(session, project_id, by, group)


def fates(session: Session, project_id: int) -> list[Fate]:
    """What became of the hints that Interveners, rules and recordings proposed."""
    told = ProposalRow.proposal["source"]
    kind, name = told["kind"].as_string(), told["name"].as_string()
    by = Judgement.actor["kind"].as_string()
    stands = and_(Judgement.proposal_id == ProposalRow.id, Judgement.undone_at.is_(None))
    columns: tuple[Any, ...] = (ProposalRow.flaw, kind, name, Judgement.decision, by)
    query = (
        select(*columns, func.count())
        .join(Trace, Trace.id == ProposalRow.trace_id)
        .outerjoin(Judgement, stands)
        .where(Trace.project_id == project_id, ProposalRow.state.not_in(("withdrawn", "merged")))
        .where(kind != "person")
        .group_by(*columns)
    )
    rows: Sequence[Any] = session.execute(query).all()
    return [Fate(*row) for row in rows]


_KEYS = {"source": source, "stage": stage}


def _found(
    session: Session, project_id: int, by: str, kind: SQLColumnExpression[str]
) -> list[Found]:
    key = _KEYS[by]()
    query = (
        _branches(project_id, key, kind, func.count(Branch.id.distinct()))
        .join(ProposalRow, ProposalRow.branch_id == Branch.id)
        .where(ProposalRow.state.in_(STANDING))
        .group_by(key, kind)
    )
    rows: Sequence[Any] = session.execute(query).all()
    return [Found(*row) for row in rows]


def _branches(project_id: int, *columns: Any) -> Select[Any]:
    query: Select[Any] = select(*columns).select_from(Trace)
    return (
        query.join(Branch, Branch.trace_id == Trace.id)
        .join(ProblemRow, ProblemRow.id == Trace.problem_id)
        .where(Trace.project_id == project_id, is_finished(), is_looked_at())
    )
