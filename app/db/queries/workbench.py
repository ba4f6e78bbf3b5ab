"""What a workbench reads beside the branch itself; each a single query on an index.

Promises: these only read. Whether something may be done is asked of `app.actions.facts`.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer

from app.db.tables import (
    Claim,
    Event,
    ExecutionRow,
    ImportedAnnotation,
    Job,
    Judgement,
    Note,
    ProposalRow,
    Review,
    SolveRow,
    Trace,
    User,
    Verdict,
)
from app.db.types import now

_DECISIONS = (
    *("accept", "edit", "reject", "golden", "discard", "unsure"),
    *("undo", "reopen", "retry", "sample", "cancel", "regrade"),
)
"""Verbs of events after which a page that did not see them is stale."""


def trace_in(session: Session, project_id: int, trace_id: int) -> Trace | None:
    """The trace of this id if it is in the project."""
    return session.scalar(select(Trace).where(Trace.id == trace_id, Trace.project_id == project_id))


def proposals_of(session: Session, trace_id: int) -> Sequence[ProposalRow]:
    """Every proposal on a trace, oldest first."""
    return session.scalars(
        select(ProposalRow).where(ProposalRow.trace_id == trace_id).order_by(ProposalRow.id)
    ).all()


def judgements_of(session: Session, trace_id: int) -> Sequence[Judgement]:
    """Every judgement on a trace, undone ones too, oldest first."""
    return session.scalars(
        select(Judgement).where(Judgement.trace_id == trace_id).order_by(Judgement.id)
    ).all()


def verdicts_of(session: Session, trace_id: int) -> Sequence[Verdict]:
    """Every verdict on a trace, withdrawn ones too, oldest first."""
    return session.scalars(
        select(Verdict).where(Verdict.trace_id == trace_id).order_by(Verdict.id)
    ).all()


def annotations_of(session: Session, trace: Trace) -> Sequence[ImportedAnnotation]:
    """What people said of an imported trace in another tool, oldest first."""
    if trace.origin != "imported":
        return ()
    said = select(ImportedAnnotation).where(ImportedAnnotation.trace_id == trace.id)
    return session.scalars(said.order_by(ImportedAnnotation.id)).all()


def executions_of(session: Session, step_ids: Iterable[int]) -> Sequence[ExecutionRow]:
    """The executions of these Code steps, oldest first."""
    return session.scalars(
        select(ExecutionRow)
        .where(ExecutionRow.step_id.in_(list(step_ids)))
        .order_by(ExecutionRow.id)
    ).all()


def solves_of(session: Session, execution_ids: Iterable[int]) -> Sequence[SolveRow]:
    """What is known of the models that these executions solved, without their text."""
    return session.scalars(
        select(SolveRow)
        .where(SolveRow.execution_id.in_(list(execution_ids)))
        .options(defer(SolveRow.model))
        .order_by(SolveRow.id)
    ).all()


def notes_of(session: Session, step_ids: Iterable[int]) -> Sequence[Note]:
    """The notes beside these steps that were not withdrawn, oldest first."""
    return session.scalars(
        select(Note)
        .where(Note.step_id.in_(list(step_ids)), Note.withdrawn_at.is_(None))
        .order_by(Note.id)
    ).all()


def reviews_of(session: Session, branch_id: int) -> Sequence[Review]:
    """The looks at a branch, oldest first."""
    return session.scalars(
        select(Review).where(Review.branch_id == branch_id).order_by(Review.id)
    ).all()


def claimed_by(session: Session, trace_id: int) -> Sequence[User]:
    """Who holds the trace now."""
    return session.scalars(
        select(User)
        .join(Claim, Claim.user_id == User.id)
        .where(Claim.trace_id == trace_id, Claim.until > now())
        .order_by(Claim.slot)
    ).all()


def newest_event(session: Session, trace_id: int) -> int:
    """The id of the newest event on a trace: what a page has seen. 0 where there is none."""
    return session.scalar(select(func.max(Event.id)).where(Event.trace_id == trace_id)) or 0


def decisions_since(session: Session, trace_id: int, seen: int) -> Sequence[Event]:
    """The decisions on a trace after the event `seen`, anybody's, oldest first."""
    return session.scalars(
        select(Event)
        .where(Event.trace_id == trace_id, Event.id > seen, Event.verb.in_(_DECISIONS))
        .order_by(Event.id)
    ).all()


def judgement_by(session: Session, proposal_id: int, user_id: int | None) -> Judgement | None:
    """A person's judgement of a proposal that stands."""
    return session.scalars(
        select(Judgement)
        .where(
            Judgement.proposal_id == proposal_id,
            Judgement.user_id == user_id,
            Judgement.undone_at.is_(None),
        )
        .order_by(Judgement.id.desc())
    ).first()


def active_jobs(session: Session, branch_id: int) -> Sequence[Job]:
    """What workers do for a branch, or will."""
    return session.scalars(
        select(Job)
        .where(Job.branch_id == branch_id, Job.state.in_(("queued", "running")))
        .order_by(Job.id)
    ).all()
