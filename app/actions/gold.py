"""Gold standards: traces with a known verdict, given among others to measure who judges them.

Promises: only leads and reviewers can tell which they are. While it is marked, a trace waits like
any other (`app.actions.gold_turns`), and is in no dataset; what people decided before is set apart
for that time (`app.actions.gold_apart`). The marks stay, ended, and so do the verdicts that they
scored.
"""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.facts import refresh_state, settled
from app.actions.gold_apart import give_back, set_apart
from app.actions.record import from_to, get, lock_trace, record_on_trace
from app.actions.trials import hold_jobs
from app.core.errors import Invalid, Refused
from app.core.flaws import Taxonomy
from app.core.language import N_, _
from app.core.lifecycle import STATE_AFTER, VerdictDecision
from app.core.roles import Actor
from app.db.queries.insights.overlap import first_flaws
from app.db.tables import (
    Claim,
    Event,
    GoldStandard,
    Judgement,
    Project,
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
        kept=set_apart(session, trace),
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
    give_back(session, trace, gold.kept)
    gold.ended_at, trace.gold_id = now(), None
    refresh_state(session, trace)
    told = from_to({"gold": gold.decision}, {"gold": None})
    record_on_trace(session, actor, "unmark_gold", f"trace:{trace_id}", trace, **told)


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
