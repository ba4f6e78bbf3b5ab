"""Events as the history shows and exports them: filtered; newest first in pages, or all in order.

Promises: reviewers and above see everybody's events, but for traces under overlap that
neither they nor all have judged; anybody else sees their own and those of no person, because what
others decided is not theirs to know before they have decided. Administrators see all.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, String, and_, cast, literal, or_, select, true
from sqlalchemy.orm import Session

from app.core.roles import Actor
from app.db.tables import Claim, Doubt, Event, Trace

PAGE = 50
_AT_ONCE = 500
_who = Event.actor["id"].as_integer()
_kind = Event.actor["kind"].as_string()


class HistoryFilter(NamedTuple):
    """What is looked for; "" and None are anything.

    `person` is a person's id, or the kind of who is none: worker, policy, script. `subject` is like
    `problem:4`; of a problem or a trace it is all that happened on it. Days are UTC's.
    """

    person: str = ""
    verb: str = ""
    subject: str = ""
    since: date | None = None
    until: date | None = None


def page_of_history(
    session: Session,
    actor: Actor,
    project_id: int | None,
    filters: HistoryFilter,
    before: int | None = None,
    most: int = PAGE,
) -> tuple[list[Event], bool]:
    """The newest events before the one with the id `before`, and whether there are older ones.

    Without a project: of the whole installation.
    """
    query = _matching(actor, project_id, filters)
    if before is not None:
        query = query.where(Event.id < before)
    found = list(session.scalars(query.order_by(Event.id.desc()).limit(most + 1)))
    return found[:most], len(found) > most


def event_of(session: Session, actor: Actor, project_id: int, event_id: int) -> Event | None:
    """One event of a project, where the actor may know of it."""
    query = _matching(actor, project_id, HistoryFilter())
    return session.scalar(query.where(Event.id == event_id))


def whole_history(
    session: Session, actor: Actor, project_id: int | None, filters: HistoryFilter
) -> Iterator[Event]:
    """Every event that the filters leave, as they came, streamed; the session keeps none."""
    query = _matching(actor, project_id, filters).order_by(Event.id)
    with session.scalars(query.execution_options(yield_per=_AT_ONCE)) as events:
        for event in events:
            yield event
            session.expunge(event)


def _matching(actor: Actor, project_id: int | None, filters: HistoryFilter) -> Select[Event]:
    return select(Event).where(*_conditions(project_id, filters), _visible_to(actor))


def _conditions(project_id: int | None, filters: HistoryFilter) -> Iterator[ColumnElement[bool]]:
    if project_id is not None:
        yield Event.project_id == project_id
    if filters.person:
        number = _number(filters.person)
        yield _kind == filters.person if number is None else _who == number
    if filters.verb:
        yield Event.verb == filters.verb
    if filters.subject:
        yield _about(filters.subject)
    if filters.since:
        yield Event.at >= _midnight(filters.since)
    if filters.until:
        yield Event.at < _midnight(filters.until) + timedelta(days=1)


def _about(subject: str) -> ColumnElement[bool]:
    kind, _, key = subject.partition(":")
    number = _number(key)
    if kind == "trace" and number is not None:
        return Event.trace_id == number
    if kind == "problem":
        traces = select(Trace.id).where(Trace.problem_id == number)
        # Doubts were once a subject of their own.
        doubts = select(literal("doubt:") + cast(Doubt.id, String)).where(
            Doubt.problem_id == number
        )
        return or_(Event.subject == subject, Event.subject.in_(doubts), Event.trace_id.in_(traces))
    return Event.subject == subject


def _number(text: str) -> int | None:
    """An id; None for what is none."""
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _visible_to(actor: Actor) -> ColumnElement[bool]:
    if actor.admin:
        return true()
    theirs = or_(_who.is_(None), _who == actor.id)
    return or_(theirs, ~_blind(actor)) if actor.may("reviewer") else theirs


def _blind(actor: Actor) -> ColumnElement[bool]:
    """Whether a reviewer has not judged the event's trace under overlap, and not all have.

    It is what `app.actions.slots` says of one trace, for many.
    """
    slot = select(Claim.id).where(Claim.trace_id == Event.trace_id, Claim.gold_id.is_(None))
    undone = Claim.done_at.is_(None)
    judged = slot.where(Claim.user_id == actor.id, ~undone).exists()
    several = select(Trace.id).where(Trace.id == Event.trace_id, Trace.overlap > 1)
    return and_(several.exists(), ~judged, slot.where(undone).exists())


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
