"""Auto mode: going on from a hint that needs no person, by the same verb as a person.

Promises: it decides only on the branch where the work goes on, never where a person holds the
trace, tries hints on it, gave a verdict or took one of its decisions back; every decision names the
policy; why it stopped is recorded, and the trace is in the queue. It ends: on one trace it puts in
no more hints than a path may have, and those that it replaced count.
"""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.actions.claims import claimed
from app.actions.facts import active_verdict, current_branch, open_proposals
from app.actions.judge_proposal import judge_proposal
from app.actions.projects import limits_of, policy_of
from app.actions.record import get, lock_trace, record_on_trace
from app.actions.trials import running_trials
from app.core.budget import MAX_HINTS
from app.core.errors import Refused
from app.core.policy import Policy
from app.core.proposal import Proposal
from app.core.roles import POLICY
from app.core.trace import FAILURES
from app.db.tables import Branch, Judgement, Project


def go_on_by_policy(session: Session, branch: Branch) -> None:
    """Accept the first hint of a branch that was just looked at, or hand the trace to the queue."""
    policy = policy_of(get(session, Project, branch.trace.project_id))
    if not policy.on:
        return
    lock_trace(session, branch.trace_id)
    reason = _waits_for(session, branch) or _accept(session, branch, policy)
    if reason:
        subject = f"branch:{branch.id}"
        record_on_trace(session, POLICY, "hand_over", subject, branch.trace, reason=reason)


def _waits_for(session: Session, branch: Branch) -> str | None:
    """Why the policy leaves the trace alone, or None."""
    theirs = branch.owner_id or active_verdict(session, branch.trace_id)
    if theirs or claimed(session, branch.trace_id):
        return "A person works on this trace."
    if _was_undone(session, branch.trace_id):
        return "A person took back what auto mode decided."
    if running_trials(session, branch.trace_id):
        return "A person tries hints on this trace."
    if current_branch(session, branch.trace_id).id != branch.id:
        return "The work goes on elsewhere."
    if branch.outcome in FAILURES:
        return "The branch ended in a failure."
    return None


def _was_undone(session: Session, trace_id: int) -> bool:
    """Whether a decision of the policy on this trace was undone: only people undo."""
    undone = select(Judgement.id).where(
        Judgement.trace_id == trace_id,
        Judgement.actor["kind"].as_string() == POLICY.kind,
        Judgement.undone_at.is_not(None),
    )
    return session.scalar(undone.limit(1)) is not None


def _is_spent(session: Session, branch: Branch) -> bool:
    """Whether the policy decided as often on this trace as it may."""
    limits = limits_of(get(session, Project, branch.trace.project_id))
    decided = select(func.count(Judgement.id)).where(
        Judgement.trace_id == branch.trace_id,
        Judgement.actor["kind"].as_string() == POLICY.kind,
    )
    return session.scalars(decided).one() >= min(limits.max_hints, MAX_HINTS)


def _accept(session: Session, branch: Branch, policy: Policy) -> str | None:
    """Put the first hint in; why not, where it can't be."""
    rows = open_proposals(session, branch)
    proposals = [Proposal.model_validate(row.proposal) for row in rows]
    passing = policy.passing(proposals)
    if passing is None:
        return "The first hint needs a person." if rows else "No hint is open."
    if _is_spent(session, branch):
        return "Auto mode has put in as many hints here as a path may have."
    try:
        with session.begin_nested():  # a refusal takes back what was written before it
            judge_proposal(session, POLICY, rows[proposals.index(passing)].id, "accept")
    except Refused as refused:
        return str(refused)
    return None
