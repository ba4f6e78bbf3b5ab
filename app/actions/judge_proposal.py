"""Judging a proposed hint: accept it, accept it in other words or elsewhere, or reject it.

Promises: of two people judging one proposal the second gets a Conflict and nothing changes; the
proposal keeps its first words; accepting begins a new branch and leaves the old one untouched. A
hint that was tried in the very same words and place goes on as its best trial.
"""

from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.actions.facts import active_verdict, refresh_state
from app.actions.hints import author_of, check_hint, grow_from
from app.actions.record import from_to, get, lock_trace, record_on_trace
from app.actions.slots import check_seen, owner_here
from app.actions.trials import accept_trial, hold_jobs, stop_needless
from app.core.errors import Conflict, Invalid, Refused
from app.core.language import N_, _
from app.core.proposal import Decision, Proposal, ProposalState
from app.core.roles import Actor
from app.core.trace import Cut
from app.db.queries.workbench import judgement_by
from app.db.session import rows_changed
from app.db.tables import Branch, Judgement, ProposalRow

_STATES: dict[str, ProposalState] = {
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

    Other words or another place make it an edit, none of them an accept, whatever was asked.
    For annotators. Raises Conflict if it was judged already, Refused with the rule's sentence,
    Invalid for an unknown decision or a rejection without a reason.
    """
    actor.require("annotator", N_("judge hints"))
    row = get(session, ProposalRow, proposal_id)
    branch = get(session, Branch, row.branch_id)
    hold_jobs(session, row.trace_id)
    lock_trace(session, row.trace_id)
    check_seen(session, actor, branch)
    owner = owner_here(session, actor, branch.trace)
    _check(session, branch, decision, reason, owner)
    proposal = Proposal.model_validate(row.proposal)
    words, cut = words if words is not None else proposal.words, cut or proposal.cut
    if decision != "reject":
        decision = "accept" if (words, cut) == (proposal.words, proposal.cut) else "edit"
    own = branch.owner_id or proposal.source.kind == "person"
    _close(session, row, _STATES[decision], None if own else owner)
    judgement = Judgement(
        proposal_id=row.id,
        trace_id=row.trace_id,
        user_id=actor.id,
        actor=actor.signature,
        decision=decision,
        reason=reason.strip(),
    )
    session.add(judgement)
    if decision != "reject":
        judgement.words, judgement.cut = words, cut.model_dump()
        author = author_of(decision, proposal)
        check_hint(session, branch, cut, words)
        tried = accept_trial(session, actor, row, cut, words, author)
        begun = tried or grow_from(session, row, cut, words, author, seed=branch.seed)
        begun.owner_id = owner
        judgement.branch_id = begun.id
    refresh_state(session, branch.trace)
    stop_needless(session, actor, row.trace_id)
    told = _told(proposal, judgement) | {"branch": judgement.branch_id}
    record_on_trace(session, actor, decision, f"proposal:{row.id}", branch.trace, **told)
    return judgement


def _told(proposal: Proposal, judgement: Judgement) -> dict[str, Any]:
    """From what to what, and why: words and place too where they are others now."""
    before: dict[str, Any] = {"state": "open"}
    after: dict[str, Any] = {"state": _STATES[judgement.decision]}
    if judgement.decision == "edit":
        before |= {"words": proposal.words, "cut": proposal.cut.model_dump()}
        after |= {"words": judgement.words, "cut": judgement.cut}
    return from_to(before, after) | {"reason": judgement.reason}


def _check(session: Session, branch: Branch, decision: str, reason: str, owner: int | None) -> None:
    if decision not in _STATES:
        raise Invalid(
            _("A proposal is accepted, edited or rejected, not %(decision)s.", decision=decision)
        )
    if decision == "reject" and not reason.strip():
        raise Invalid(_("Say in a few words why the hint is rejected."))
    if branch.outcome is None:
        raise Refused(_("The Reasoner is still writing this branch."))
    if active_verdict(session, branch.trace_id, owner):
        raise Refused(_("The trace has a verdict; reopen it first."))


def _close(session: Session, row: ProposalRow, state: ProposalState, owner: int | None) -> None:
    """Let nobody else judge it; under overlap, not `owner` again: for others it stays open."""
    if owner is not None:
        free = row.state == "open" and judgement_by(session, row.id, owner) is None
    else:
        still_open = (ProposalRow.id == row.id, ProposalRow.state == "open")
        closing = update(ProposalRow).where(*still_open).values(state=state)
        free = bool(rows_changed(session, closing))
    if not free:
        raise Conflict(_("Somebody judged this hint already; the page shows their decision."))
