"""Time on the task: for whom, on which trace, on which day. It is for the person it is about.

Promises: what is added is never more than the time that passed on this machine's clock since the
person's last report, whatever is sent, from however many pages; nobody else is shown it, and
nothing is ranked by it. It is what a browser says of a person's activity, not a measurement.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.actions.record import get
from app.core.language import N_
from app.core.roles import Actor
from app.db.tables import Project, Trace, WorkMark, WorkTime
from app.db.types import now

MOST = 60.0
"""Seconds that one report can add."""
_DAYS = 30


@dataclass(frozen=True)
class Day:
    """A person's time in a project on a day (UTC), in seconds, and on how many traces."""

    day: date
    project: str
    seconds: float
    traces: int


def report_time(session: Session, actor: Actor, trace_id: int, seconds: float) -> float:
    """Add what a page saw of its person's activity; gives their whole time on the trace.

    The first report of all adds nothing: it says from when time passes. For annotators.
    """
    actor.require("annotator", N_("work on a trace"))
    trace = get(session, Trace, trace_id)
    counted = max(0.0, min(seconds, _passed(session, actor), MOST))
    key = {"user_id": actor.id, "trace_id": trace.id, "day": now().date()}
    row = session.scalars(select(WorkTime).filter_by(**key)).first()
    if row is None:
        row = WorkTime(**key, seconds=0.0)
        session.add(row)
    row.seconds += counted
    session.flush()
    return time_on(session, actor.id, trace.id)


def time_on(session: Session, user_id: int | None, trace_id: int) -> float:
    """A person's seconds on a trace, over all days."""
    spent = select(func.sum(WorkTime.seconds))
    return session.scalar(spent.filter_by(user_id=user_id, trace_id=trace_id)) or 0.0


def days_of(session: Session, user_id: int) -> Sequence[Day]:
    """A person's last thirty days, newest first."""
    query = (
        select(WorkTime.day, Project.name, func.sum(WorkTime.seconds), func.count())
        .join(Trace, Trace.id == WorkTime.trace_id)
        .join(Project, Project.id == Trace.project_id)
        .where(WorkTime.user_id == user_id, WorkTime.day > now().date() - timedelta(days=_DAYS))
        .where(WorkTime.seconds > 0)
        .group_by(WorkTime.day, Project.id, Project.name)
        .order_by(WorkTime.day.desc(), Project.name)
    )
    return [Day(*row) for row in session.execute(query)]


def _passed(session: Session, actor: Actor) -> float:
    """Seconds since the person's last report, from any page; 0 at the first. It is marked anew."""
    mark = session.get(WorkMark, actor.id, with_for_update=True)
    if mark is None:
        session.add(WorkMark(user_id=actor.id, at=now()))
        return 0.0
    passed, mark.at = (now() - mark.at).total_seconds(), now()
    return passed
