"""Gold standards as people meet them who are measured by them: when, which, and what they see.

Promises: who knew a trace before is never given it; nothing of one tells it from other traces.
"""

import random
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.actions.projects import limits_of
from app.actions.slots import hold_gold, is_measured
from app.core.roles import Actor
from app.db.queries.assigning import For, open_to
from app.db.queries.gold import own_events, own_states
from app.db.tables import Claim, GoldStandard, Project, PutOff, Trace


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
