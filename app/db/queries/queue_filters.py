"""What the queue can be narrowed to, as conditions on traces; alike for a page and for many."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, exists, false, func, select
from sqlalchemy.orm import Session

from app.db.queries.assigning import For, free_for_all, given_to, meant_for, open_to
from app.db.queries.branches import is_newest
from app.db.queries.gold import stands_as
from app.db.tables import Branch, Claim, ProblemRow, ProposalRow, Trace
from app.db.types import now

MOST_COUNTED = 10_000
"""Counting on would take longer than the page itself."""


class Filters(NamedTuple):
    """What is looked for; "" is anything.

    `held` is mine, somebody or nobody. `confidence`, of an open hint, is low (under 50%), middle
    (to 80%), high or unsaid. `disputed` is yes. `assigned` is mine, others, open (neither a person
    nor a rule says to whom it goes), or to whom it was given by hand, as `person:3` or `group:2`.
    """

    state: str = ""
    held: str = ""
    disputed: str = ""
    source: str = ""
    flaw: str = ""
    confidence: str = ""
    model: str = ""
    outcome: str = ""
    assigned: str = ""


class Cursor(NamedTuple):
    """The last trace of a page, in either order."""

    certainty: int
    id: int


def conditions(
    project_id: int, filters: Filters, user_id: int | None
) -> Iterator[ColumnElement[bool]]:
    """The conditions on the traces of a project, joined with their problems."""
    yield Trace.project_id == project_id
    if filters.state:
        yield stands_as(filters.state, user_id)
    for column, value in ((ProblemRow.source, filters.source), (Trace.model, filters.model)):
        if value:
            yield column == value
    if filters.disputed == "yes":
        yield Trace.disputed.is_(True)
    if filters.held in ("mine", "somebody", "nobody"):
        yield _held(user_id)[filters.held]
    if filters.assigned:
        yield _assigned(filters.assigned, user_id)
    if filters.flaw or filters.confidence in _CONFIDENCES:
        yield _has_open_hint(filters)
    if filters.outcome:
        ended = (Branch.trace_id == Trace.id, Branch.outcome == filters.outcome)
        yield exists().where(*ended, is_newest())


def matching_ids(
    session: Session, project_id: int, filters: Filters, user_id: int | None
) -> list[int]:
    """The ids of what the filters leave, oldest first; `MOST_COUNTED` and one at most."""
    query = _joined(Trace.id, project_id, filters, user_id)
    return list(session.scalars(query.order_by(Trace.id).limit(MOST_COUNTED + 1)))


def matching(session: Session, project_id: int, filters: Filters, user_id: int | None) -> int:
    """How many traces the filters leave, counted no further than `MOST_COUNTED` and one."""
    some = _joined(Trace.id, project_id, filters, user_id).limit(MOST_COUNTED + 1)
    return session.scalar(select(func.count()).select_from(some.subquery())) or 0


def _joined(what: Any, project_id: int, filters: Filters, user_id: int | None) -> Any:
    query = select(what).select_from(Trace)
    if filters.source:
        query = query.join(ProblemRow, ProblemRow.id == Trace.problem_id)
    return query.where(*conditions(project_id, filters, user_id))


def _held(user_id: int | None) -> dict[str, ColumnElement[bool]]:
    claimed = exists().where(Claim.trace_id == Trace.id, Claim.until > now())
    claimed = claimed.where(Claim.gold_id.is_(None) | (Claim.user_id == user_id))
    return {
        "mine": claimed.where(Claim.user_id == user_id),
        "somebody": claimed,
        "nobody": ~claimed,
    }


def _assigned(to: str, user_id: int | None) -> ColumnElement[bool]:
    """Whether the trace goes there; a place that can't be is nobody's."""
    person = For(user_id)
    known = {"mine": meant_for(person), "others": ~open_to(person), "open": free_for_all()}
    if to in known:
        return known[to]
    kind, _colon, number = to.partition(":")
    if kind not in ("person", "group") or not re.fullmatch("[0-9]{1,9}", number, re.ASCII):
        return false()
    return given_to(**{"user_id" if kind == "person" else "group_id": int(number)})


_SURE = ProposalRow.proposal["confidence"].as_float()
_CONFIDENCES: dict[str, ColumnElement[bool]] = {
    "low": _SURE < 0.5,
    "middle": (_SURE >= 0.5) & (_SURE < 0.8),
    "high": _SURE >= 0.8,
    "unsaid": _SURE.is_(None),
}


def _has_open_hint(filters: Filters) -> ColumnElement[bool]:
    """Whether one hint that nobody judged has the flaw and the confidence that are looked for."""
    hint = exists().where(ProposalRow.trace_id == Trace.id, ProposalRow.state == "open")
    if filters.flaw:
        hint = hint.where(ProposalRow.flaw == filters.flaw)
    if filters.confidence in _CONFIDENCES:
        hint = hint.where(_CONFIDENCES[filters.confidence])
    return hint
