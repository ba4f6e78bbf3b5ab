"""Why a trace is in the queue for a person, in a few words; and why nothing is.

Promises: asks what the statement that hands out work asks (`app.db.queries.assigning`), so the
words and what happens are the same.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.actions.rule_words import about, limit_words, rule_names, whom, you
from app.actions.rules import spent_rules
from app.core.language import _
from app.core.roles import Actor
from app.db.queries.assigning import For, directs, open_to, rules_of_traces
from app.db.tables import Assignment, Claim, Group, GroupMember, Rule, Trace, User
from app.db.types import now


@dataclass(frozen=True)
class Why:
    """`words` say it; `mine` that the trace is meant for the person, `closed` that it is not."""

    words: str
    mine: bool = False
    closed: bool = False


def whys(
    session: Session, user_id: int | None, project_id: int, ids: Sequence[int]
) -> dict[int, Why]:
    """Why these traces of a project are there for a person; nothing where nothing is directed."""
    found: dict[int, Why] = {}
    if session.scalar(select(directs(project_id))):
        found = {each: Why(_("open to all")) for each in ids}
        found |= _under_rules(session, user_id, project_id, ids)
        found |= _by_hand(session, user_id, ids)
    for trace_id, words in _judges(session, user_id, ids):
        why = found.get(trace_id, Why(""))
        found[trace_id] = replace(why, words=" · ".join(filter(None, (why.words, words))))
    return found


def why_nothing(session: Session, actor: Actor, project_id: int) -> str:
    """Why Next finds nothing for the actor."""
    spent = spent_rules(session, project_id, actor.id)
    rules = session.scalars(select(Rule).where(Rule.id.in_(spent)).order_by(Rule.id)).all()
    if not _waits(session, actor, project_id, spent):
        return _("Nothing waits for you here.")
    if told := "; ".join(map(limit_words, rules)):
        return _("You have reached your limit: %(limits)s.", limits=told)
    return _("What waits here goes to others.")


def _judges(session: Session, user_id: int | None, ids: Sequence[int]) -> Iterator[tuple[int, str]]:
    """Of traces that several people judge: which of them one is."""
    mine = (Claim.trace_id == Trace.id) & (Claim.user_id == user_id)
    query = select(Trace.id, Trace.overlap, Claim.slot).outerjoin(Claim, mine)
    several = query.where(Trace.id.in_(ids), Trace.overlap > 1)
    rows: Any = session.execute(several)
    for trace_id, total, slot in rows:
        if slot is None:
            yield trace_id, _("%(total)s people judge it", total=total)
        else:
            # Of a gold standard a slot has no place among the others: it looks like the first.
            yield trace_id, _("judge %(number)s of %(total)s", number=max(1, slot), total=total)


def _under_rules(
    session: Session, user_id: int | None, project_id: int, ids: Sequence[int]
) -> dict[int, Why]:
    person = For(user_id, spent_rules(session, project_id, user_id))
    under: defaultdict[int, list[tuple[Rule, bool]]] = defaultdict(list)
    for trace_id, rule, means in session.execute(rules_of_traces(person, ids)):
        under[trace_id].append((rule, bool(means)))
    names = rule_names(session, project_id)
    return {trace_id: _by_rules(rules, person, names) for trace_id, rules in under.items()}


def _waits(session: Session, actor: Actor, project_id: int, spent: Sequence[int]) -> bool:
    """Whether a trace is free that others may take and the actor may not."""
    free = select(Claim.id).join(Trace, Trace.id == Claim.trace_id)
    free = free.where(Trace.project_id == project_id, Trace.state == "review")
    free = free.where(Claim.done_at.is_(None), Claim.user_id.is_(None) | (Claim.until < now()))
    return session.scalar(free.where(~open_to(For(actor.id, spent))).limit(1)) is not None


def _by_hand(session: Session, user_id: int | None, ids: Sequence[int]) -> dict[int, Why]:
    to, by = aliased(User), aliased(User)
    query = select(Assignment, to.name, Group.name, by.name)
    query = query.outerjoin(to, to.id == Assignment.user_id)
    query = query.outerjoin(Group, Group.id == Assignment.group_id)
    query = query.outerjoin(by, by.id == Assignment.by_id).where(Assignment.trace_id.in_(ids))
    mine = set(session.scalars(select(GroupMember.group_id).where(GroupMember.user_id == user_id)))
    return {
        row.trace_id: _given(row, person, group, giver or _("a lead"), user_id, mine)
        for row, person, group, giver in session.execute(query)
    }


def _given(
    row: Assignment, person: str, group: str, giver: str, user_id: int | None, mine: set[int]
) -> Why:
    if row.user_id is not None and row.user_id == user_id:
        return Why(_("assigned to you by %(name)s", name=giver), mine=True)
    if row.group_id in mine:
        return Why(
            _("assigned to your group %(group)s by %(name)s", group=group, name=giver), mine=True
        )
    return Why(_("assigned to %(whom)s by %(name)s", whom=person or group, name=giver), closed=True)


def _by_rules(rules: Sequence[tuple[Rule, bool]], person: For, names: dict[str, str]) -> Why:
    for rule, means in rules:
        if means and rule.id not in person.spent:
            return Why(f"{you(rule, names)}: {about(rule)}", mine=True)
    for rule, means in rules:
        if means:
            return Why(_("your limit is reached: %(limit)s", limit=limit_words(rule)), closed=True)
    closed = next((rule for rule, _means in rules if rule.exclusive), None)
    rule = closed or rules[0][0]
    who = {"whom": whom(rule, names), "what": about(rule)}
    if closed:
        return Why(_("for %(whom)s: %(what)s", **who), closed=True)
    return Why(_("first for %(whom)s: %(what)s", **who))
