"""Stopping what the workers do for a branch, and going on from a branch that failed."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.actions.facts import ACTIVE, active_job, refresh_state
from app.actions.record import get, record_on_trace
from app.actions.start_trace import new_branch, queue_growth
from app.core.errors import Refused
from app.core.roles import Actor
from app.core.trace import FAILURES
from app.db.convert import path_of
from app.db.tables import Branch, Job
from app.db.types import now


def cancel_branch(session: Session, actor: Actor, branch_id: int) -> None:
    """Stop the Reasoner; what it finished stays. For annotators."""
    actor.require("annotator", "stop the Reasoner")
    branch = get(session, Branch, branch_id)
    if branch.outcome is not None:
        raise Refused("The Reasoner is not writing here any more.")
    cancel_growth(session, branch)
    refresh_state(session, branch.trace)
    record_on_trace(session, actor, "cancel", f"branch:{branch.id}", branch.trace)


def cancel_growth(session: Session, branch: Branch) -> None:
    """Cancel the jobs of a branch and close it; the worker that holds one can't write any more."""
    session.execute(
        update(Job)
        .where(Job.branch_id == branch.id, Job.state.in_(ACTIVE))
        .values(state="cancelled", lease=None)
    )
    if branch.outcome is None:
        branch.outcome, branch.closed_at = "cancelled", now()


def retry_branch(session: Session, actor: Actor, branch_id: int) -> Branch:
    """A new branch that goes on from the last finished step of one that failed. For annotators."""
    actor.require("annotator", "try again")
    failed = get(session, Branch, branch_id)
    if failed.outcome not in FAILURES or active_job(session, failed.id):
        raise Refused("Only a branch that failed can be tried again.")
    failed.set_aside = True
    branch = new_branch(
        session,
        failed.trace,
        seed=failed.seed,
        parent=failed,
        cut_step=len(path_of(failed)),
        cut_offset=0,
    )
    queue_growth(session, branch)
    refresh_state(session, failed.trace)
    record_on_trace(session, actor, "retry", f"branch:{failed.id}", failed.trace, branch=branch.id)
    return branch
