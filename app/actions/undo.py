"""Undoing any decision of one's own on a trace, or a policy's, and reopening a finished one.

Promises: nothing is deleted: an undone judgement and a withdrawn verdict are marked. Undoing an
accept, or a sampling again, cancels the job of the branch that it began and sets that branch aside.
"""

from collections.abc import Iterable

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.actions.cancel import cancel_growth
from app.actions.facts import active_verdict, refresh_state
from app.actions.record import from_to, get, lock_trace, record_on_trace
from app.actions.slots import open_slot, slots_of
from app.actions.trials import hold_jobs, stop_needless
from app.core.errors import Invalid, Refused
from app.core.language import N_, _, translated
from app.core.lifecycle import Withdrawal
from app.core.roles import Actor
from app.db.tables import Branch, Judgement, ProposalRow, Trace, Verdict
from app.db.types import now

Decided = Judgement | Verdict | Branch
"""What can be undone; a branch is one that was sampled again."""
_SUBJECTS = {Judgement: "judgement", Verdict: "verdict", Branch: "branch"}


def undo(session: Session, actor: Actor, trace_id: int, judgement_id: int | None = None) -> str:
    """Take back the newest decision of the actor, or of a policy, on a trace; says which in words.

    With `judgement_id` it is that judgement, however old. Raises Refused where there is none that
    the actor may take back, where a verdict stands on it, or where others have built on it.
    """
    actor.require("annotator", "undo")
    hold_jobs(session, trace_id)
    lock_trace(session, trace_id)
    trace = get(session, Trace, trace_id)
    verdict = active_verdict(session, trace_id, slots_of(session, actor, trace).owner)
    judgements = session.scalars(_judgements(trace_id, judgement_id))
    if judgement_id and verdict:
        raise Refused(_("The trace has a verdict; reopen it first."))
    last = to_undo(actor, verdict, judgements, () if judgement_id else trace.branches)
    if last is None:
        raise Refused(_("There is no decision of yours to undo on this trace."))
    before = {"state": trace.state, "decision": _decision(last)}
    said = _take_back(session, actor, last)
    refresh_state(session, trace)
    stop_needless(session, actor, trace_id)
    subject = f"{_SUBJECTS[type(last)]}:{last.id}"
    told = from_to(before, {"state": trace.state, "decision": None})
    record_on_trace(session, actor, "undo", subject, trace, **told)
    return said


def reopen(session: Session, actor: Actor, trace_id: int, reason: str) -> None:
    """Withdraw the verdict on a trace, with a reason; golden is taken back. For annotators."""
    actor.require("annotator", N_("reopen a trace"))
    hold_jobs(session, trace_id)
    lock_trace(session, trace_id)
    trace = get(session, Trace, trace_id)
    verdict = active_verdict(session, trace_id, slots_of(session, actor, trace).owner)
    if verdict is None:
        raise Refused(_("The trace is open already."))
    if not reason.strip():
        raise Invalid(_("Say in a few words why the trace is reopened."))
    withdraw(session, verdict, "reopened", reason.strip())
    told = from_to({"verdict": verdict.decision}, {"verdict": None}) | {"reason": reason.strip()}
    record_on_trace(session, actor, "reopen", f"verdict:{verdict.id}", trace, **told)
    refresh_state(session, trace)  # who reopened it is part of what is true now


def _judgements(trace_id: int, judgement_id: int | None) -> Select[Judgement]:
    query = select(Judgement).where(Judgement.trace_id == trace_id)
    return query.where(Judgement.id == judgement_id) if judgement_id else query


def _take_back(session: Session, actor: Actor, last: Decided) -> str:
    if isinstance(last, Verdict):
        return withdraw(session, last, "undone", "undone")
    if isinstance(last, Judgement):
        return _undo(session, actor, last)
    _set_aside(session, actor, last)
    return _("The branch that was sampled again is set aside.")


def _decision(last: Decided) -> str:
    return "sample" if isinstance(last, Branch) else last.decision


def to_undo(
    actor: Actor,
    verdict: Verdict | None,
    judgements: Iterable[Judgement],
    branches: Iterable[Branch],
) -> Decided | None:
    """The decision on a trace that undoing takes back, None where there is none.

    The verdict that stands, if it is the actor's; before there is one, the newest of the judgements
    that are the actor's or a policy's, and of the branches that the actor sampled again.
    """
    if verdict:
        return verdict if verdict.user_id == actor.id else None
    theirs = (it for it in judgements if may_undo(actor, it))
    kept = (it for it in branches if not it.set_aside and _sampled_by(actor, it))
    judged = max(theirs, key=lambda judgement: judgement.id, default=None)
    sampled = max(kept, key=lambda branch: branch.id, default=None)
    if judged and sampled:
        return sampled if sampled.created_at > judged.at else judged
    return judged or sampled


def _sampled_by(actor: Actor, branch: Branch) -> bool:
    """Whether the actor sampled again here, by a page or a token, and whatever their name was."""
    by = branch.sampled
    return by is not None and (by["kind"], by["id"]) == (actor.kind, actor.id)


def may_undo(actor: Actor, judgement: Judgement) -> bool:
    """Whether a judgement stands, and is the actor's or a policy's."""
    theirs = judgement.user_id == actor.id or judgement.actor["kind"] == "policy"
    return theirs and judgement.undone_at is None


def withdraw(session: Session, verdict: Verdict, how: Withdrawal, reason: str) -> str:
    """Take a verdict back; under overlap its person has the trace to judge again."""
    if not verdict.final:
        open_slot(session, verdict.user_id, verdict.trace_id)
    verdict.withdrawn_at, verdict.withdrawal, verdict.withdrawn_reason = now(), how, reason
    return _("The verdict %(decision)s is withdrawn.", decision=translated(verdict.decision))


def _undo(session: Session, actor: Actor, judgement: Judgement) -> str:
    if judgement.branch_id:
        _set_aside(session, actor, get(session, Branch, judgement.branch_id))
    judgement.undone_at = now()
    row = get(session, ProposalRow, judgement.proposal_id)
    own = row.proposal["source"]["kind"] == "person"
    row.state = "withdrawn" if own else "open"
    return (
        _("The rejection is undone.")
        if judgement.decision == "reject"
        else _("The hint is undone.")
    )


def _set_aside(session: Session, actor: Actor, branch: Branch) -> None:
    """Set a branch and those that only go on from it aside; refuse where others built on it."""
    ids = _with_descendants(session, branch)
    found = session.scalars(select(Branch).where(Branch.id.in_(ids)).order_by(Branch.id)).all()
    judged = session.scalars(
        select(Judgement)
        .join(ProposalRow)
        .where(ProposalRow.branch_id.in_(ids), Judgement.undone_at.is_(None))
    ).first()
    if judged or any(_is_of_another(each, actor) for each in found):
        raise Refused(_("Decisions were made on the branch that this began; undo them first."))
    for each in found:
        cancel_growth(session, each)
        each.set_aside = True


def _is_of_another(branch: Branch, actor: Actor) -> bool:
    """Whether somebody else sampled again here, and did not take it back."""
    by = None if branch.set_aside else branch.sampled
    return by is not None and by["id"] != actor.id


def _with_descendants(session: Session, branch: Branch) -> set[int]:
    ids, edge = {branch.id}, {branch.id}
    while edge:
        edge = set(session.scalars(select(Branch.id).where(Branch.parent_id.in_(edge))))
        ids |= edge
    return ids
