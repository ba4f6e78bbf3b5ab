"""Stopping what the workers do for a branch, asking its server again at once, and going on from a
branch that failed."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.actions.facts import ACTIVE, lineage_branch, refresh_state
from app.actions.record import from_to, get, record_on_branch, record_on_trace
from app.actions.start_trace import new_branch, queue_growth
from app.actions.work import hurry
from app.core.errors import Conflict, Refused
from app.core.language import N_, _
from app.core.roles import Actor
from app.core.trace import FAILURES
from app.db.convert import path_of
from app.db.session import rows_changed
from app.db.tables import Branch, Job
from app.db.types import now
from app.loop import whole


def cancel_branch(session: Session, actor: Actor, branch_id: int) -> None:
    """Stop the Reasoner; what it finished stays. For annotators."""
    actor.require("annotator", N_("stop the Reasoner"))
    if not stop_writing(session, actor, get(session, Branch, branch_id)):
        raise Refused(_("The Reasoner is not writing here any more."))


def ask_again(session: Session, actor: Actor, branch_id: int) -> None:
    """Let a branch that waits for its model server be tried now, not at its time. For annotators.

    It is one of its tries like any other. Raises Refused where the branch does not wait.
    """
    actor.require("annotator", N_("try again"))
    job = select(Job).where(Job.branch_id == branch_id, Job.kind == "grow", Job.state.in_(ACTIVE))
    waiting = session.scalars(job).first()
    if not waiting or not hurry(session, waiting):
        raise Refused(_("The Reasoner does not wait for its model server here any more."))
    record_on_branch(session, actor, "ask_again", get(session, Branch, branch_id))


def stop_writing(session: Session, actor: Actor, branch: Branch) -> bool:
    """Cancel a branch that grows, and tell the queue and open pages; False where it is closed."""
    stopped = cancel_growth(session, branch)
    if stopped:
        refresh_state(session, branch.trace)
        verb = "stop_trial" if branch.trial else "cancel"
        told = from_to({"outcome": None}, {"outcome": branch.outcome})
        record_on_branch(session, actor, verb, branch, **told)
    return stopped


def cancel_growth(session: Session, branch: Branch) -> bool:
    """Cancel the jobs of a branch and close it; the worker that holds one can't write any more.

    False where it is closed. It is the row that is asked, after the jobs: a worker may have closed
    the branch since `branch` was read, and a closed branch never changes.
    """
    session.execute(
        update(Job)
        .where(Job.branch_id == branch.id, Job.state.in_(ACTIVE))
        .values(state="cancelled", lease=None)
    )
    closed = rows_changed(
        session,
        update(Branch)
        .where(Branch.id == branch.id, Branch.outcome.is_(None))
        .values(outcome="cancelled", closed_at=now())
        .execution_options(synchronize_session=False),
    )
    session.refresh(branch, ["outcome", "closed_at"])
    return bool(closed)


def retry_branch(
    session: Session, actor: Actor, branch_id: int, batch_id: int | None = None
) -> Branch:
    """A new branch that goes on from the last finished step of one that failed. For annotators.

    Raises Refused where it did not fail, Conflict where somebody tried it again already.
    """
    actor.require("annotator", N_("try again"))
    failed = lineage_branch(session, branch_id)
    if failed.outcome not in FAILURES:
        raise Refused(_("Only a branch that failed can be tried again."))
    first = rows_changed(
        session,
        update(Branch)
        .where(Branch.id == failed.id, Branch.set_aside.is_(False))
        .values(set_aside=True),
    )
    if not first:
        raise Conflict(_("This branch was set aside; go on from the one that took its place."))
    branch = new_branch(
        session,
        failed.trace,
        seed=failed.seed,
        parent=failed,
        owner_id=failed.owner_id,
        cut_step=len(whole(path_of(failed))),
        cut_offset=0,
    )
    queue_growth(session, branch, batch_id)
    refresh_state(session, failed.trace)
    record_on_trace(session, actor, "retry", f"branch:{failed.id}", failed.trace, branch=branch.id)
    return branch
