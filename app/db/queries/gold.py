"""Gold standards as those who are measured by them find them, and how well they did.

Promises: to who is measured, one is a trace like any other: it waits until they gave their verdict,
and is decided from then on. What they do on it is counted here and nowhere else.
"""

from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from app.core.lifecycle import STATE_AFTER, TraceState
from app.db.queries.insights.overlap import first_flaws
from app.db.tables import Claim, Event, GoldStandard, Trace, User, Verdict


class Score(NamedTuple):
    """A person on gold standards: `right` verdicts of `items`; of the flaws that are known, and of
    their steps, how many they named."""

    user_id: int
    name: str
    items: int
    right: int
    flaws: int
    flaws_right: int
    steps: int
    steps_right: int


def measured(decided: Any) -> ColumnElement[bool]:
    """Whether a row of `Judgement` was decided by somebody as they were measured by its trace."""
    slot = (Claim.trace_id == decided.trace_id, Claim.slot == -decided.user_id)
    return exists().where(*slot, Claim.gold_id.is_not(None))


def stands_as(state: str, user_id: int | None) -> ColumnElement[bool]:
    """Whether a trace is in this state, as a person finds it."""
    own = _own(user_id)
    if state in STATE_AFTER.values():
        decided = (each for each, after in STATE_AFTER.items() if after == state)
        return or_(Trace.state == state, own.where(Verdict.decision.in_(list(decided))))
    return and_(Trace.state == state, ~own)


def state_for(user_id: int | None) -> ColumnElement[str]:
    """The state of a trace as a person finds it."""
    mine = select(Verdict.decision).where(*_of_trace(user_id)).limit(1).scalar_subquery()
    return case(STATE_AFTER, value=mine, else_=Trace.state)


def own_counts(
    session: Session, user_id: int | None, found: dict[int, dict[str, int]]
) -> dict[int, dict[str, int]]:
    """Counts of traces by project and state, as a person finds them."""
    query = select(Trace.project_id, Verdict.decision, func.count())
    query = query.join(Trace, Trace.id == Verdict.trace_id).where(*_of_trace(user_id))
    for project_id, decision, many in session.execute(
        query.where(Trace.project_id.in_(found)).group_by(Trace.project_id, Verdict.decision)
    ):
        counts, state = found[project_id], STATE_AFTER[decision]
        counts["review"] -= many
        counts[state] = counts.get(state, 0) + many
    return found


def own_events(session: Session, user_id: int | None, ids: Collection[int]) -> dict[int, int]:
    """How many events on each of these traces are a person's own."""
    query = select(Event.trace_id, func.count()).where(Event.trace_id.in_(ids))
    mine = query.where(Event.actor["id"].as_integer() == user_id).group_by(Event.trace_id)
    return {trace_id: many for trace_id, many in session.execute(mine) if trace_id}


def own_states(
    session: Session, user_id: int | None, ids: Collection[int]
) -> dict[int, TraceState]:
    """Those of these traces that stand as decided to a person alone."""
    query = select(Verdict.trace_id, Verdict.decision).join(Trace, Trace.id == Verdict.trace_id)
    rows = session.execute(query.where(Trace.id.in_(ids), *_of_trace(user_id)))
    return {trace_id: STATE_AFTER[decision] for trace_id, decision in rows}


def scores(session: Session, project_id: int) -> list[Score]:
    """How well each person did, by name; marks that were taken away count too."""
    query = select(Verdict, GoldStandard, User.id, User.name)
    query = query.join(GoldStandard, GoldStandard.id == Verdict.gold_id)
    query = query.join(Trace, Trace.id == Verdict.trace_id).join(User, User.id == Verdict.user_id)
    ours = query.where(Trace.project_id == project_id, Verdict.withdrawn_at.is_(None))
    said, found = first_flaws(session, project_id), dict[int, Score]()
    for verdict, gold, user_id, name in session.execute(ours.order_by(User.name, User.id)):
        flaw, step = said.get((verdict.trace_id, user_id), (None, None))
        before = found.get(user_id, Score(user_id, name, *(0,) * 6))
        now_ = (
            *(1, verdict.decision == gold.decision),
            *(gold.flaw is not None, gold.flaw is not None and flaw == gold.flaw),
            *(gold.step is not None, gold.step is not None and step == gold.step),
        )
        sums = (int(one) + two for one, two in zip(now_, before[2:], strict=True))
        found[user_id] = Score(user_id, name, *sums)
    return list(found.values())


def standards_of(session: Session, project_id: int) -> list[tuple[GoldStandard, int]]:
    """The gold standards of a project that are used, each with how many gave their verdict."""
    given = func.count(Verdict.id).filter(Verdict.withdrawn_at.is_(None))
    query = select(GoldStandard, given).join(Trace, Trace.gold_id == GoldStandard.id)
    query = query.outerjoin(Verdict, Verdict.gold_id == GoldStandard.id)
    ours = query.where(Trace.project_id == project_id).group_by(GoldStandard.id)
    return [(gold, many) for gold, many in session.execute(ours.order_by(GoldStandard.id))]


def was_gold(session: Session, event: Event) -> bool:
    """Whether the trace of an event was a gold standard when it happened."""
    then = (GoldStandard.at <= event.at, func.coalesce(GoldStandard.ended_at, event.at) >= event.at)
    marked = select(GoldStandard.id).where(GoldStandard.trace_id == event.trace_id, *then)
    return session.scalar(marked.limit(1)) is not None


def _own(user_id: int | None) -> Any:
    return exists().where(*_of_trace(user_id))


def _of_trace(user_id: int | None) -> tuple[ColumnElement[bool], ...]:
    """A person's verdict on a gold standard that looks as if they alone judge it."""
    return (
        Trace.gold_id.is_not(None),
        Trace.overlap == 1,
        Verdict.trace_id == Trace.id,
        Verdict.gold_id == Trace.gold_id,
        Verdict.user_id == user_id,
        Verdict.withdrawn_at.is_(None),
    )
