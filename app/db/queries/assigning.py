"""To whom a trace goes, as conditions on it: the statement that hands out work asks these.

Promises: one meaning for handing out, for the queue's filters and for saying why. A trace given by
hand goes to whom it was given. Else the rules that its problem is under count: one that a person is
meant by and whose limit they have not reached lets them have it; if none does, an exclusive one, or
one whose limit they have reached, keeps it from them. What no rule is about is everybody's.
"""

from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Exists, Select, and_, exists, false, func, or_, select
from sqlalchemy.orm import aliased

from app.db.tables import (
    Assignment,
    Claim,
    GroupMember,
    Knowledge,
    ProblemRow,
    Rule,
    Trace,
    Verdict,
)
from app.db.types import now

_Asked = aliased(ProblemRow)


class For(NamedTuple):
    """A person, and the rules whose limit they have reached."""

    user_id: int | None
    spent: Collection[int] = ()


def open_to(person: For) -> ColumnElement[bool]:
    """Whether a person may be given the trace."""
    kept = Rule.exclusive | (Rule.id.in_(person.spent) & _means(person))
    by_rule = _let(person) | ~_rules().where(kept)
    return or_(_given_to(person), ~given() & by_rule)


def meant_for(person: For) -> ColumnElement[bool]:
    """Whether the trace was given to the person, or a rule means them."""
    return or_(_given_to(person), ~given() & _let(person))


def others_first(person: For) -> ColumnElement[bool]:
    """Whether a rule means others first."""
    return and_(~given(), ~_let(person), _rules())


def given() -> Exists:
    """Whether somebody gave the trace to somebody."""
    return exists().where(Assignment.trace_id == Trace.id)


def given_to(user_id: int | None = None, group_id: int | None = None) -> Exists:
    """Whether the trace was given to just this person, or this group."""
    return given().where(Assignment.user_id == user_id, Assignment.group_id == group_id)


def free_for_all() -> ColumnElement[bool]:
    """Whether neither a person nor a rule says to whom the trace goes."""
    return ~given() & ~_rules()


def rules_of_traces(person: For, trace_ids: Collection[int]) -> Select[int, Rule, bool]:
    """The rules that each of these traces is under, and whether they mean the person."""
    query = select(Trace.id, Rule, _means(person)).select_from(Trace)
    query = query.join(_Asked, _Asked.id == Trace.problem_id).join(Rule, _matches())
    return query.where(Trace.id.in_(trace_ids)).order_by(Trace.id, Rule.id)


def open_under_rules(user_id: int) -> Any:
    """How many traces a person holds, for each rule with limits that they are under."""
    held = _limited(func.count(Trace.id.distinct())).join(Claim, Claim.trace_id == Trace.id)
    mine = (Claim.user_id == user_id, Claim.done_at.is_(None), Claim.until > now())
    return held.where(*mine, Trace.state == "review").group_by(Rule.id)


def judged_under_rules(user_id: int) -> Any:
    """On how many the person gave a verdict that stands: today (UTC), and ever."""
    today = Verdict.at >= now().replace(hour=0, minute=0, second=0, microsecond=0)
    counts = func.count(Trace.id.distinct()).filter(today), func.count(Trace.id.distinct())
    judged = _limited(*counts).join(Verdict, Verdict.trace_id == Trace.id)
    mine = (Verdict.user_id == user_id, Verdict.withdrawn_at.is_(None))
    return judged.where(*mine).group_by(Rule.id)


def _limited(*counts: ColumnElement[int]) -> Any:
    query: Any = select(Rule.id, *counts).select_from(Rule)
    query = query.join(Trace, Trace.project_id == Rule.project_id)
    query = query.join(_Asked, (_Asked.id == Trace.problem_id) & _matches())
    return query.where(func.coalesce(Rule.max_open, Rule.max_day, Rule.max_total).is_not(None))


def _given_to(person: For) -> Exists:
    groups = select(GroupMember.group_id).where(GroupMember.user_id == person.user_id)
    mine = (Assignment.user_id == person.user_id) | Assignment.group_id.in_(groups)
    return given().where(mine)


def _let(person: For) -> Exists:
    """Whether a rule means the person, who has not reached its limit."""
    return _rules().where(_means(person), Rule.id.not_in(person.spent))


def _rules() -> Exists:
    """Whether the trace is under a rule; more can be asked of it."""
    return exists().where(_Asked.id == Trace.problem_id, _matches())


def _matches() -> ColumnElement[bool]:
    knows = Rule.user_id.is_(None) & Rule.group_id.is_(None) & (Rule.skill == "")
    return and_(
        Rule.project_id == Trace.project_id,
        (Rule.source == "") | (Rule.source == _Asked.source),
        (Rule.language == "") | (Rule.language == _Asked.language),
        ~knows | (_Asked.language != ""),
    )


def _means(person: For) -> ColumnElement[bool]:
    """Whether a rule's traces go to the person."""
    if person.user_id is None:
        return false()
    groups = select(GroupMember.group_id).where(GroupMember.user_id == person.user_id)
    known = exists().where(
        Knowledge.project_id == Rule.project_id, Knowledge.user_id == person.user_id
    )
    nobody = Rule.user_id.is_(None) & Rule.group_id.is_(None)
    skilled = known.where(Knowledge.kind == "skill", Knowledge.value == Rule.skill)
    speaks = known.where(Knowledge.kind == "language", Knowledge.value == _Asked.language)
    return or_(
        Rule.user_id == person.user_id,
        Rule.group_id.in_(groups),
        nobody & (Rule.skill != "") & skilled,
        nobody & (Rule.skill == "") & speaks,
    )


def directs(project_id: int) -> ColumnElement[bool]:
    """Whether anything in a project goes to anybody in particular."""
    ours = exists().where(Trace.project_id == project_id, Assignment.trace_id == Trace.id)
    return exists().where(Rule.project_id == project_id) | ours
