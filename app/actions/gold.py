"""Gold standards: traces with a known verdict, given among others to measure who judges them.

Promises: only leads and reviewers can tell which they are. While it is marked, a trace waits like
any other, and is in no dataset; what people decided before is each one's own for that time, as
under overlap, and is given back as it was when the mark is taken away. Who knew a trace before is
never given it. The marks stay, ended, and so do the verdicts that they scored.
"""

import random
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.actions.facts import refresh_state, settled
from app.actions.projects import limits_of
from app.actions.record import from_to, get, lock_trace, record_on_trace
from app.actions.slots import hold_gold, is_measured
from app.actions.trials import hold_jobs
from app.core.errors import Invalid, Refused
from app.core.flaws import Taxonomy
from app.core.language import N_, _
from app.core.lifecycle import STATE_AFTER, VerdictDecision
from app.core.roles import Actor
from app.db.queries.assigning import For, open_to
from app.db.queries.gold import own_events, own_states
from app.db.queries.insights.overlap import first_flaws
from app.db.tables import (
    Branch,
    Claim,
    Event,
    GoldStandard,
    Judgement,
    Project,
    ProposalRow,
    PutOff,
    Trace,
    Verdict,
    WorkTime,
)
from app.db.types import now

LEAST_ITEMS = 10
"""Fewer say too little: nobody is shown a score of their own before."""
_DEED = N_("mark gold standards")


def mark_gold(
    session: Session,
    actor: Actor,
    trace_id: int,
    decision: VerdictDecision | None = None,
    flaw: str = "",
    step: int | None = None,
) -> GoldStandard:
    """Mark a trace as a gold standard. For leads.

    What is not said is taken from the verdict that stands, and from who gave it. Raises Invalid
    where no verdict is known, Refused while somebody is at the trace.
    """
    actor.require("lead", _DEED)
    hold_jobs(session, trace_id)
    lock_trace(session, trace_id)
    trace = get(session, Trace, trace_id)
    _check(session, trace, flaw)
    known = decision or settled(session, trace)
    if known not in STATE_AFTER:
        raise Invalid(_("Say which verdict is the right one."))
    if not (flaw or step is not None or decision):
        flaw, step = _first_flaw(session, trace)
    gold = GoldStandard(
        trace_id=trace_id,
        decision=known,
        flaw=flaw or None,
        step=step,
        seen_by=sorted(set(_knew(session, trace_id))),
        kept=_set_apart(session, trace),
        by_id=actor.id,
    )
    session.add(gold)
    session.flush()
    trace.gold_id = gold.id
    refresh_state(session, trace)
    told = from_to({"gold": None}, {"gold": known, "flaw": gold.flaw, "step": gold.step})
    record_on_trace(session, actor, "mark_gold", f"trace:{trace_id}", trace, **told)
    return gold


def unmark_gold(session: Session, actor: Actor, trace_id: int) -> None:
    """Take the mark away: the trace is as it was, and the scores stay. For leads."""
    actor.require("lead", _DEED)
    hold_jobs(session, trace_id)
    lock_trace(session, trace_id)
    trace = get(session, Trace, trace_id)
    if trace.gold_id is None:
        raise Refused(_("The trace is no gold standard."))
    gold = get(session, GoldStandard, trace.gold_id)
    _give_back(session, trace, gold.kept)
    gold.ended_at, trace.gold_id = now(), None
    refresh_state(session, trace)
    told = from_to({"gold": gold.decision}, {"gold": None})
    record_on_trace(session, actor, "unmark_gold", f"trace:{trace_id}", trace, **told)


def gold_turn(session: Session, actor: Actor, project_id: int) -> bool:
    """Whether the next trace of somebody is to be a gold standard, by the project's share."""
    share = limits_of(session.get_one(Project, project_id)).gold_share
    return share > 0 and is_measured(actor) and random.random() < share


def take_gold(
    session: Session, actor: Actor, project_id: int, near: int, person: For | None
) -> int | None:
    """Give the actor the gold standard that stands nearest to the trace `near`, if there is one.

    So its number says nothing. None of those that they knew, were given or put off.
    """
    query = select(Trace, GoldStandard).join(GoldStandard, GoldStandard.id == Trace.gold_id)
    met = select(Claim.trace_id).where(Claim.slot == -(actor.id or 0))
    off = select(PutOff.trace_id).where(PutOff.user_id == actor.id)
    query = query.where(Trace.project_id == project_id, Trace.state == "review")
    query = query.where(Trace.id.not_in(met), Trace.id.not_in(off))
    if person:
        query = query.where(open_to(person))
    for trace, gold in session.execute(query.order_by(func.abs(Trace.id - near), Trace.id)):
        if actor.id not in gold.seen_by:
            hold_gold(session, actor, trace)
            return int(trace.id)
    return None


def _check(session: Session, trace: Trace, flaw: str) -> None:
    if trace.gold_id is not None:
        raise Refused(_("The trace is a gold standard already."))
    held = (Claim.trace_id == trace.id, Claim.until > now(), Claim.done_at.is_(None))
    if session.scalar(select(Claim.id).where(*held).limit(1)) and not settled(session, trace):
        raise Refused(_("Somebody is working on this trace."))
    if any(branch.outcome is None for branch in trace.branches):
        raise Refused(_("The Reasoner is still writing."))
    taxonomy = Taxonomy.model_validate(get(session, Project, trace.project_id).taxonomy)
    if flaw and taxonomy.get(flaw) is None:
        raise Invalid(_("There is no flaw %(flaw)s in this project.", flaw=flaw))


def _first_flaw(session: Session, trace: Trace) -> tuple[str, int | None]:
    """What who decided the trace took for its first flaw."""
    verdicts = select(Verdict).where(Verdict.trace_id == trace.id, Verdict.withdrawn_at.is_(None))
    last = session.scalars(verdicts.order_by(Verdict.final.desc(), Verdict.id.desc())).first()
    if last is None:
        return "", None
    said = first_flaws(session, trace.project_id, trace.id)
    return said.get((trace.id, last.user_id), ("", None))


def _knew(session: Session, trace_id: int) -> Iterator[int]:
    """Who did something on the trace, or spent time on its page."""
    did = select(Event.actor["id"].as_integer()).where(Event.trace_id == trace_id)
    stayed = select(WorkTime.user_id).where(WorkTime.trace_id == trace_id)
    judged = (
        select(each.user_id).where(each.trace_id == trace_id) for each in (Judgement, Verdict)
    )
    for query in (did, stayed, *judged):
        yield from filter(None, session.scalars(query))


def _set_apart(session: Session, trace: Trace) -> dict[str, Any]:
    """Make what people decided their own, and take the free slots away; gives what was changed."""
    kept: dict[str, Any] = {"verdicts": [], "branches": [], "proposals": {}}
    for branch, person in _made_by_people(session, trace):
        branch.owner_id = person
        kept["branches"].append(branch.id)
    final = (Verdict.trace_id == trace.id, Verdict.final, Verdict.user_id.is_not(None))
    for verdict in session.scalars(select(Verdict).where(*final)):
        verdict.final = False
        kept["verdicts"].append(verdict.id)
    judged = select(Judgement.proposal_id).where(
        Judgement.trace_id == trace.id, Judgement.user_id.is_not(None)
    )
    decided = ProposalRow.state.in_(("accepted", "edited", "rejected"))
    for row in session.scalars(select(ProposalRow).where(ProposalRow.id.in_(judged), decided)):
        if row.proposal["source"]["kind"] != "person":
            kept["proposals"][str(row.id)] = row.state
            row.state = "open"
    for claim in session.scalars(select(Claim).where(Claim.trace_id == trace.id)).all():
        if claim.done_at is None:
            session.delete(claim)
    session.flush()
    return kept


def _made_by_people(session: Session, trace: Trace) -> Iterator[tuple[Branch, int]]:
    """Branches that are everybody's though a person began them, or what they stand on."""
    begun = select(Judgement.branch_id, Judgement.user_id).where(
        Judgement.trace_id == trace.id, Judgement.user_id.is_not(None)
    )
    rows = session.execute(begun)
    makers = {branch_id: person for branch_id, person in rows if branch_id and person}
    for branch in sorted(trace.branches, key=lambda each: each.id):
        sampled = (branch.sampled or {}).get("id")
        person = makers.get(branch.id) or sampled or makers.get(branch.parent_id or 0)
        if person and branch.owner_id is None:
            makers[branch.id] = person
            yield branch, person


def _give_back(session: Session, trace: Trace, kept: dict[str, Any]) -> None:
    owned = update(Branch).where(Branch.id.in_(kept["branches"]))
    session.execute(owned.values(owner_id=None))
    session.execute(update(Verdict).where(Verdict.id.in_(kept["verdicts"])).values(final=True))
    for key, state in kept["proposals"].items():
        session.execute(update(ProposalRow).where(ProposalRow.id == int(key)).values(state=state))
    taken = set(session.scalars(select(Claim.slot).where(Claim.trace_id == trace.id)))
    free = set(range(1, trace.overlap + 1)) - taken
    session.add_all(Claim(trace_id=trace.id, slot=slot) for slot in sorted(free))


def found_as(session: Session, actor: Actor, traces: Sequence[Trace]) -> dict[int, dict[str, Any]]:
    """What is other than stored of these traces to somebody who is measured by them.

    Their own verdict decides one for them, and only what they did has changed it.
    """
    ids = [trace.id for trace in traces if trace.gold_id is not None]
    if not ids or not is_measured(actor):
        return {}
    done = own_events(session, actor.id, ids)
    found: dict[int, dict[str, Any]] = {each: {"revision": done.get(each, 0)} for each in ids}
    for trace_id, state in own_states(session, actor.id, ids).items():
        found[trace_id]["state"] = state
    return found
