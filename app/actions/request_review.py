"""Asking for what a worker then does: a review of a branch, an execution of imported code."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.facts import ACTIVE, lineage_branch
from app.actions.record import get, record_on_trace
from app.actions.work import hurry, put
from app.core.errors import Refused
from app.core.language import N_, _
from app.core.roles import Actor
from app.db.convert import located_path
from app.db.tables import Branch, Job, StepRow


def request_review(
    session: Session, actor: Actor, branch_id: int, batch_id: int | None = None
) -> Job:
    """Have the rules and the Intervener look at a closed branch. For annotators."""
    actor.require("annotator", N_("ask for hints"))
    branch = lineage_branch(session, branch_id)
    if branch.outcome is None:
        raise Refused(_("The Reasoner is still writing this branch."))
    job = Job(kind="review", queue="model", branch_id=branch.id, batch_id=batch_id)
    return _queue(session, actor, branch, job)


def request_check(session: Session, actor: Actor, branch_id: int, step_id: int) -> Job:
    """Have one Code step of a branch executed here, beside the trace. For annotators."""
    actor.require("annotator", N_("execute code"))
    branch = get(session, Branch, branch_id)
    step = get(session, StepRow, step_id)
    if step.kind != "code" or step.id not in {row.id for _, row in located_path(branch)}:
        raise Refused(_("This is not a program of this branch."))
    job = Job(kind="check", queue="execution", branch_id=branch.id, step_id=step_id)
    return _queue(session, actor, branch, job)


def _queue(session: Session, actor: Actor, branch: Branch, job: Job) -> Job:
    """Queue a job, or give the one that is there for the same; if it waits, it is due now."""
    waiting = select(Job).where(
        Job.branch_id == job.branch_id,
        Job.kind == job.kind,
        Job.step_id == job.step_id,
        Job.state.in_(ACTIVE),
    )
    known = session.scalars(waiting).first()
    if known:
        hurry(session, known)
        return known
    job.project_id = branch.trace.project_id
    put(session, job)
    record_on_trace(session, actor, f"request_{job.kind}", f"branch:{branch.id}", branch.trace)
    return job
