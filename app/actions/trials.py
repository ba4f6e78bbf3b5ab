"""What decisions do to the trials of a trace: one is accepted, and those nobody needs are stopped.

Promises: what was tried is not generated again; the steps of a trial never change, accepting only
gives it its number in the lineage. Workers hold a job before they hold its trace, and so do
decisions: `hold_jobs` comes before a decision locks the trace.
"""

from collections.abc import Sequence

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.actions.cancel import stop_writing
from app.actions.facts import ACTIVE, current_branch, open_proposals, settled
from app.actions.record import WORKER, get, record_on_branch
from app.actions.request_review import request_review
from app.actions.start_trace import next_number
from app.core.roles import Actor
from app.core.trace import Author, Cut
from app.core.trials import to_accept
from app.db.queries.trials import trials_of
from app.db.tables import Branch, Job, ProposalRow, Trace, TrialRow


def hold_jobs(session: Session, trace_id: int) -> None:
    """Let no worker end a job on the trace until this transaction does."""
    branches = select(Branch.id).where(Branch.trace_id == trace_id)
    jobs = select(Job.id).where(Job.branch_id.in_(branches), Job.state.in_(ACTIVE))
    session.execute(jobs.order_by(Job.id).with_for_update())


def accept_trial(
    session: Session, actor: Actor, row: ProposalRow, cut: Cut, words: str, author: Author
) -> Branch | None:
    """Put the best trial of exactly this hint into the lineage, if there is one.

    A finished one is then looked at for flaws; one that runs goes on, and is looked at at its end.
    """
    chosen = to_accept(trials_of(session, [row.id]).get(row.id, ()), words, cut)
    branch = get(session, Branch, chosen.branch_id) if chosen else None
    if branch is None or branch.steps[0].author != author:
        return None
    branch.number = next_number(session, branch.trace_id)
    session.flush()
    record_on_branch(session, actor, "accept_trial", branch, proposal=row.id)
    if branch.outcome is not None:
        request_review(session, WORKER, branch.id)
    return branch


def running_trials(session: Session, trace_id: int) -> Sequence[Row[Branch, int]]:
    """The trials of a trace that have not ended, each with its proposal's id."""
    query = select(Branch, TrialRow.proposal_id).join(TrialRow, TrialRow.branch_id == Branch.id)
    running = (Branch.trace_id == trace_id, Branch.number.is_(None), Branch.outcome.is_(None))
    return session.execute(query.where(*running).order_by(Branch.id)).all()


def stop_needless(session: Session, actor: Actor, trace_id: int) -> None:
    """Stop the trials whose hint waits for no judgement any more where the work goes on."""
    running = running_trials(session, trace_id)
    if not running:
        return
    trace = get(session, Trace, trace_id)
    judged = settled(session, trace) is not None
    if (trace.overlap > 1 or trace.gold_id is not None) and not judged:
        return  # what one person is done with, another may still ask about
    waiting = [] if judged else open_proposals(session, current_branch(session, trace_id))
    needed = {row.id for row in waiting}
    for branch, proposal_id in running:
        if proposal_id not in needed:
            stop_writing(session, actor, branch)
