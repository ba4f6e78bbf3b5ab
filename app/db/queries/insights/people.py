"""What people decided: on which day, who, and how far they agree."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from app.db.queries.insights.population import utc_day
from app.db.tables import Judgement, Trace, User, Verdict


class Day(NamedTuple):
    """How many of `what` there were on a day."""

    day: date
    what: str
    n: int


class Work(NamedTuple):
    """What a person did since some day: verdicts and decisions on hints."""

    name: str
    verdicts: int
    hints: int


def verdicts_by_day(session: Session, project_id: int) -> list[Day]:
    """The verdicts that stand, whoever gave them, by the day and the decision."""
    day = utc_day(Verdict.at)
    query = (
        select(day, Verdict.decision, func.count())
        .join(Trace, Trace.id == Verdict.trace_id)
        .where(Trace.project_id == project_id, Verdict.withdrawn_at.is_(None))
        .group_by(day, Verdict.decision)
        .order_by(day)
    )
    return [Day(*row) for row in session.execute(query)]


def work_by_day(session: Session, project_id: int, since: datetime) -> list[Day]:
    """What people decided on each day, taken back or not: `verdict` or `hint`."""
    found = []
    for table, what in ((Verdict, "verdict"), (Judgement, "hint")):
        day = utc_day(table.at)
        query = _by_people(table, project_id, since, day)
        found += [Day(row[0], what, row[1]) for row in session.execute(query.group_by(day))]
    return found


def work_by_person(session: Session, project_id: int, since: datetime) -> list[Work]:
    """The same by person, the busiest first."""
    counts: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0])
    tables: tuple[type[Verdict] | type[Judgement], ...] = (Verdict, Judgement)
    for at, table in enumerate(tables):
        query = _by_people(table, project_id, since, table.user_id).group_by(table.user_id)
        for user_id, n in session.execute(query):
            counts[user_id][at] = n
    names = _names(session, counts)
    found = [Work(names[user_id], *each) for user_id, each in counts.items()]
    return sorted(found, key=lambda work: (-work.verdicts - work.hints, work.name))


def judged_by_people(session: Session, project_id: int) -> list[tuple[str, int, str]]:
    """Who decided what of the branches that at least two people judged, oldest first.

    The last verdict of each counts, also one that somebody else's reopening withdrew; one that its
    giver took back does not, nor one whose reference was changed.
    """
    found = session.execute(_judged_twice(project_id)).all()
    names = _names(session, {user_id for _branch, user_id, _decision in found})
    return [(names[user_id], branch_id, decision) for branch_id, user_id, decision in found]


def _judged_twice(project_id: int) -> Select[Any]:
    counted = (
        Verdict.user_id.is_not(None),
        or_(Verdict.withdrawal.is_(None), Verdict.withdrawal == "reopened"),
    )
    twice = (
        select(Verdict.branch_id)
        .join(Trace, Trace.id == Verdict.trace_id)
        .where(Trace.project_id == project_id, *counted)
        .group_by(Verdict.branch_id)
        .having(func.count(Verdict.user_id.distinct()) > 1)
    )
    told: tuple[Any, ...] = (Verdict.branch_id, Verdict.user_id, Verdict.decision)
    query: Select[Any] = select(*told).where(Verdict.branch_id.in_(twice), *counted)
    return query.order_by(Verdict.id)


def _by_people(
    table: type[Verdict] | type[Judgement], project_id: int, since: datetime, what: Any
) -> Select[Any]:
    query: Select[Any] = select(what, func.count()).join(Trace, Trace.id == table.trace_id)
    return query.where(
        Trace.project_id == project_id, table.user_id.is_not(None), table.at >= since
    )


def _names(session: Session, ids: Any) -> dict[int, str]:
    rows: Sequence[Any] = session.execute(
        select(User.id, User.name).where(User.id.in_(list(ids)))
    ).all()
    return {row[0]: row[1] for row in rows}
