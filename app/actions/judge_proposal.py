"""Judging a proposed hint: accept it, accept it in other words or elsewhere, or reject it.

Promises: of two people judging one proposal the second gets a Conflict and nothing changes; the
proposal keeps its first words; accepting begins a new branch and leaves the old one untouched.
"""

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.actions.facts import active_verdict, refresh_state
from app.actions.projects import limits_of
from app.actions.record import get, lock_trace, record_on_trace
from app.actions.start_trace import new_branch, queue_growth
from app.core.errors import Conflict, Invalid, Refused
from app.core.lifecycle import hint_refusal
from app.core.proposal import Decision, Proposal, ProposalState
from app.core.roles import Actor
from app.core.splice import before, hint_step
from app.core.trace import Author, Cut
from app.db.convert import add_steps, path_of, problem_of
from app.db.session import rows_changed
from app.db.tables import Branch, Judgement, Project, ProposalRow

_STATE: dict[Decision, ProposalState] = {
    "accept": "accepted",
    "edit": "edited",
    "reject": "rejected",
}


def judge_proposal(
    session: Session,
    actor: Actor,
    proposal_id: int,
    decision: Decision,
    *,
    words: str | None = None,
    cut: Cut | None = None,
    reason: str = "",
) -> Judgement:
    """Decide on a proposal; `branch_id` of the judgement is the branch that goes on from it.

    For annotators. Raises Conflict if it was judged already, Refused with the rule's sentence,
    Invalid for an unknown decision or a rejection without a reason.
    """
    actor.require("annotator", "judge hints")
    row = get(session, ProposalRow, proposal_id)
    branch = get(session, Branch, row.branch_id)
    lock_trace(session, row.trace_id)
    _check(session, branch, decision, reason)
    proposal = Proposal.model_validate(row.proposal)
    words, cut = words if words is not None else proposal.words, cut or proposal.cut
    if decision == "accept" and (words, cut) != (proposal.words, proposal.cut):
        decision = "edit"
    _close(session, row, _STATE[decision])
    judgement = Judgement(
        proposal_id=row.id,
        trace_id=row.trace_id,
        user_id=actor.id,
        actor=actor.model_dump(include={"kind", "name", "id"}),
        decision=decision,
        reason=reason.strip(),
    )
    session.add(judgement)
    if decision != "reject":
        judgement.words, judgement.cut = words, cut.model_dump()
        author = _author(decision, proposal)
        judgement.branch_id = _go_on(session, branch, cut, words, author, row.id).id
    refresh_state(session, branch.trace)
    record_on_trace(
        session, actor, decision, f"proposal:{row.id}", branch.trace, branch=judgement.branch_id
    )
    return judgement


def _check(session: Session, branch: Branch, decision: str, reason: str) -> None:
    if decision not in _STATE:
        raise Invalid(f"A proposal is accepted, edited or rejected, not {decision}.")
    if decision == "reject" and not reason.strip():
        raise Invalid("Say in a few words why the hint is rejected.")
    if branch.outcome is None:
        raise Refused("The Reasoner is still writing this branch.")
    if active_verdict(session, branch.trace_id):
        raise Refused("The trace has a verdict; reopen it first.")


def _close(session: Session, row: ProposalRow, state: ProposalState) -> None:
    closed = rows_changed(
        session,
        update(ProposalRow)
        .where(ProposalRow.id == row.id, ProposalRow.state == "open")
        .values(state=state),
    )
    if not closed:
        raise Conflict("Somebody judged this hint already; the page shows their decision.")


def _author(decision: Decision, proposal: Proposal) -> Author:
    """Whose words these are: a person's once edited, or if they were from the start."""
    by_person = decision == "edit" or proposal.source.kind in ("person", "recording")
    return "human" if by_person else "intervener"


def _go_on(
    session: Session, parent: Branch, cut: Cut, words: str, author: Author, proposal_id: int
) -> Branch:
    """A branch of `parent` that begins with the hint and grows from there."""
    path = path_of(parent)
    project = get(session, Project, parent.trace.project_id)
    limits, problem = limits_of(project), problem_of(parent.trace.problem)
    refusal = hint_refusal(
        path,
        cut,
        words,
        question=problem.question,
        reference=problem.reference,
        max_hints=limits.max_hints,
        share_blocks=limits.share_blocks,
    )
    if refusal:
        raise Refused(refusal)
    branch = new_branch(
        session,
        parent.trace,
        seed=parent.seed,
        parent=parent,
        cut_step=cut.step,
        cut_offset=cut.offset,
    )
    (hint,) = add_steps(session, branch, [hint_step(before(path, cut), words, author)])
    hint.proposal_id = proposal_id
    queue_growth(session, branch)
    return branch
