"""Verified answers of problems, and the problems whose references they speak against.

Promises: nothing is stored that could go stale: what `app.core.suspect` says is asked anew, of the
few problems that have enough wrong verified answers at all.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, exists, func, select
from sqlalchemy.orm import Session

from app.core.answer import Reference, Tolerance, parse_answer
from app.core.suspect import SEVERAL, Suspicion, Witness, suspicion
from app.db.tables import (
    Branch,
    ExecutionRow,
    ProblemRow,
    ProposalRow,
    ReferenceChange,
    SolveRow,
    StepRow,
    Trace,
)


def suspects(
    session: Session, project_id: int, problem_ids: Collection[int] | None = None
) -> dict[int, Suspicion]:
    """Why problems of a project are suspect, by their ids; of all problems, or of these."""
    ids = list(session.scalars(_candidates(project_id, problem_ids)))
    problems = (
        session.scalars(select(ProblemRow).where(ProblemRow.id.in_(ids))).all() if ids else ()
    )
    heard = _witnesses(session, ids)
    found = {row.id: _suspicion(row, heard.get(row.id, ())) for row in problems}
    return {problem_id: each for problem_id, each in found.items() if each}


def _suspicion(row: ProblemRow, witnesses: Sequence[Witness]) -> Suspicion | None:
    tolerance = Tolerance.model_validate(row.tolerance) if row.tolerance else None
    return suspicion(Reference.model_validate(row.reference), tolerance, witnesses)


def _candidates(project_id: int, problem_ids: Collection[int] | None) -> Select[int]:
    """Problems with several verified answers that are wrong, whoever gave them."""
    wrong = Branch.grade["correct"].as_boolean().is_(False)
    query = (
        select(Trace.problem_id)
        .join(Branch, Branch.trace_id == Trace.id)
        .where(Trace.project_id == project_id, _is_witness(), wrong)
        .group_by(Trace.problem_id)
        .having(func.count() >= SEVERAL)
    )
    return query if problem_ids is None else query.where(Trace.problem_id.in_(problem_ids))


def _is_witness() -> ColumnElement[bool]:
    """A verified branch of a lineage in which no hint was found to be needed."""
    flawed = exists().where(
        ProposalRow.branch_id == Branch.id, ProposalRow.state.in_(("accepted", "edited"))
    )
    return (
        Branch.verified_by.is_not(None)
        & Branch.number.is_not(None)
        & Branch.set_aside.is_(False)
        & ~flawed
    )


def _witnesses(session: Session, problem_ids: Collection[int]) -> Mapping[int, list[Witness]]:
    """The verified answers of these problems that came after their references were confirmed."""
    confirmed = _confirmed(session, problem_ids)
    found: defaultdict[int, list[Witness]] = defaultdict(list)
    for row in session.execute(_rows(problem_ids)) if problem_ids else ():
        before = confirmed.get(row.problem_id)
        if before is None or row.closed_at > before:
            found[row.problem_id].append(_witness(row))
    return found


_TOLD: tuple[Any, ...] = (
    Trace.problem_id,
    Branch.trace_id,
    Branch.id,
    Branch.number,
    Branch.answer,
    Branch.closed_at,
    Branch.verified_by,
    StepRow.text,
)


def _rows(problem_ids: Collection[int]) -> Select[Any]:
    return (
        select(*_TOLD)
        .join(Branch, Branch.trace_id == Trace.id)
        .join(SolveRow, SolveRow.id == Branch.verified_by)
        .join(ExecutionRow, ExecutionRow.id == SolveRow.execution_id)
        .join(StepRow, StepRow.id == ExecutionRow.step_id)
        .where(Trace.problem_id.in_(problem_ids), _is_witness())
        .order_by(Branch.id)
    )


def _witness(row: Row[Any]) -> Witness:
    return Witness(
        trace_id=row.trace_id,
        branch_id=row.id,
        branch_number=row.number,
        solve_id=row.verified_by,
        program=row.text,
        answer=parse_answer(row.answer),
    )


def _confirmed(session: Session, problem_ids: Collection[int]) -> dict[int, datetime]:
    """When a person last said that the reference is right."""
    query = select(ReferenceChange.problem_id, func.max(ReferenceChange.at)).where(
        ReferenceChange.problem_id.in_(problem_ids), ReferenceChange.confirms
    )
    rows = session.execute(query.group_by(ReferenceChange.problem_id))
    return {row[0]: row[1] for row in rows}
