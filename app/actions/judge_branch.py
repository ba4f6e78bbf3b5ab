"""The verdict on a finished branch: golden, discard or unsure."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.actions.facts import branch_facts, lineage_branch, refresh_state
from app.actions.record import from_to, record_on_trace
from app.actions.slots import check_seen, finish_slot, owner_here, saw_others, slots_of
from app.actions.trials import hold_jobs, stop_needless
from app.core.errors import Conflict, Invalid, Refused
from app.core.language import N_, _, translated
from app.core.lifecycle import STATE_AFTER, VerdictDecision
from app.core.roles import Actor
from app.db.session import rows_changed
from app.db.tables import Branch, Trace, Verdict


def judge_branch(
    session: Session, actor: Actor, branch_id: int, decision: VerdictDecision, reason: str = ""
) -> Verdict:
    """Decide on a branch. For annotators.

    Under overlap it is the person's own verdict, or a reviewer's on a trace that all have judged.
    Raises Refused with the sentence that the page shows, Invalid where a reason is missing,
    Conflict if somebody decided meanwhile.
    """
    actor.require("annotator", N_("give a verdict"))
    branch = lineage_branch(session, branch_id)
    hold_jobs(session, branch.trace_id)
    check_seen(session, actor, branch)
    settles = slots_of(session, actor, branch.trace).settles
    owner = None if settles else owner_here(session, actor, branch.trace)
    _check(session, branch, decision, reason.strip(), owner)
    _be_first(session, branch.trace)
    verdict = Verdict(
        trace_id=branch.trace_id,
        branch_id=branch.id,
        user_id=actor.id,
        actor=actor.signature,
        decision=decision,
        reason=reason.strip(),
        final=owner is None,
        informed=owner is not None and saw_others(session, actor, branch.trace),
        gold_id=branch.trace.gold_id,
    )
    session.add(verdict)
    before = {"state": branch.trace.state, "verdict": None}
    if owner is not None:
        finish_slot(session, owner, branch.trace_id)
    refresh_state(session, branch.trace)
    stop_needless(session, actor, branch.trace_id)
    gold = branch.trace.gold_id is not None and branch.trace.overlap == 1
    state = STATE_AFTER[decision] if gold else branch.trace.state  # of any other it would be so
    told = from_to(before, {"state": state, "verdict": decision})
    told |= {"reason": verdict.reason} | ({"informed": True} if verdict.informed else {})
    record_on_trace(session, actor, decision, f"branch:{branch.id}", branch.trace, **told)
    return verdict


def _check(session: Session, branch: Branch, decision: str, reason: str, owner: int | None) -> None:
    if decision not in STATE_AFTER:
        raise Invalid(
            _("A verdict is golden, discard or unsure, not %(decision)s.", decision=decision)
        )
    if decision != "golden" and not reason:
        raise Invalid(
            _("Say in a few words why: %(decision)s needs a reason.", decision=translated(decision))
        )
    facts = branch_facts(session, branch, owner=owner)
    if facts.verdict:
        raise Conflict(_("The trace has a verdict; reopen it first."))
    if decision == "golden" and facts.golden_refusal:
        raise Refused(facts.golden_refusal)
    if branch.outcome is None:
        raise Refused(_("The Reasoner is still writing."))


def _be_first(session: Session, trace: Trace) -> None:
    """Of two verdicts at once only one finds the revision that it saw."""
    moved = rows_changed(
        session,
        update(Trace)
        .where(Trace.id == trace.id, Trace.revision == trace.revision)
        .values(revision=Trace.revision + 1)
        .execution_options(synchronize_session=False),
    )
    if not moved:
        raise Conflict(_("Somebody changed the trace meanwhile; look again."))
    session.refresh(trace, ["revision"])
