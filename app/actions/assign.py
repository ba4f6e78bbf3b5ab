"""Giving chosen traces to a person or to a group, and taking them back.

Promises: a trace is given to one person or one group at a time, and each change is an event with
whom it was given to before and after. Whoever holds a trace at that moment keeps it until they give
it back: assigning says who may take it next.
"""

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from app.actions.record import from_to, get, record, record_on_trace
from app.core.assignee import Assignee, named
from app.core.errors import Invalid, NotFound, Refused
from app.core.language import N_, _
from app.core.roles import RANK, Actor
from app.db.tables import Assignment, Group, GroupMember, Knowledge, Membership, Rule, Trace

_DEED = N_("assign traces")


def assign_trace(session: Session, actor: Actor, trace_id: int, to: Assignee) -> None:
    """Give a trace to somebody, whoever it was given to before. For leads.

    Raises Invalid for whom the project does not know, Refused where one person can't be enough.
    """
    actor.require("lead", _DEED)
    trace = get(session, Trace, trace_id)
    check_assignee(session, trace.project_id, to)
    if trace.overlap > 1 and to.kind == "person":
        raise Refused(_("Several people judge this trace: give it to a group."))
    before = session.get(Assignment, trace_id, with_for_update=True)
    was = named(before.user_id, before.group_id) if before else ""
    if was == str(to):
        return
    row = before or Assignment(trace_id=trace_id)
    row.user_id, row.group_id = to.columns["user_id"], to.columns["group_id"]
    row.by_id = actor.id
    session.add(row)
    _tell(session, actor, "assign", trace, was, str(to))


def take_back(session: Session, actor: Actor, trace_id: int) -> None:
    """Give a trace to nobody in particular. For leads. Raises Refused where it is nobody's."""
    actor.require("lead", _DEED)
    row = session.get(Assignment, trace_id, with_for_update=True)
    if row is None:
        raise Refused(_("The trace was given to nobody."))
    _tell(session, actor, "take_back", get(session, Trace, trace_id), _named(row))
    session.delete(row)


def take_back_all(session: Session, actor: Actor, which: ColumnElement[bool]) -> None:
    """Give all of these to nobody in particular; the caller sees to whether it may be."""
    found = select(Assignment, Trace).join(Trace, Trace.id == Assignment.trace_id).where(which)
    for row, trace in session.execute(found.order_by(Trace.id)).all():
        _tell(session, actor, "take_back", trace, _named(row))
        session.delete(row)


def leave(session: Session, actor: Actor, project_id: int, user_id: int) -> None:
    """Free a project of a person: traces, rules, groups, and what they were said to know."""
    ours = select(Trace.id).where(Trace.project_id == project_id)
    theirs = (Assignment.user_id == user_id) & Assignment.trace_id.in_(ours)
    take_back_all(session, actor, theirs)
    rules = select(Rule).where(Rule.project_id == project_id, Rule.user_id == user_id)
    for rule in session.scalars(rules).all():
        end_rule(session, actor, rule)
    groups = select(Group.id).where(Group.project_id == project_id)
    inside = (GroupMember.user_id == user_id, GroupMember.group_id.in_(groups))
    left = sorted(session.scalars(select(GroupMember.group_id).where(*inside)))
    known = (Knowledge.project_id == project_id, Knowledge.user_id == user_id)
    knew = sorted(session.scalars(select(Knowledge.value).where(*known)))
    session.execute(delete(GroupMember).where(*inside))
    session.execute(delete(Knowledge).where(*known))
    if left or knew:
        told = from_to({"groups": left, "knows": knew}, {"groups": [], "knows": []})
        record(session, actor, "leave", f"user:{user_id}", project_id=project_id, **told)


def end_rule(session: Session, actor: Actor, rule: Rule) -> None:
    """Take a rule away; the event keeps what it said."""
    told, place = from_to(rule_told(rule), {}), {"project_id": rule.project_id}
    record(session, actor, "remove_rule", f"rule:{rule.id}", **place, **told)
    session.delete(rule)


def rule_told(rule: Rule) -> dict[str, object]:
    """What a rule says, as the history keeps it."""
    names = ("source", "language", "skill", "exclusive", "max_open", "max_day", "max_total")
    to = named(rule.user_id, rule.group_id)
    return {"to": to} | {name: getattr(rule, name) for name in names}


def check_assignee(session: Session, project_id: int, to: Assignee) -> None:
    """Raises Invalid for a person who can't judge here, NotFound for a group that isn't there."""
    if to.kind == "group":
        open_group(session, project_id, to.id)
        return
    member = (Membership.project_id == project_id, Membership.user_id == to.id)
    role = session.scalar(select(Membership.role).where(*member))
    if role is None or RANK[role] < RANK["annotator"]:
        raise Invalid(_("Work goes to members of the project who may judge."))


def open_group(session: Session, project_id: int, group_id: int) -> Group:
    """A group of the project that is not archived. Raises NotFound."""
    group = session.get(Group, group_id)
    if group is None or group.project_id != project_id or group.archived_at:
        raise NotFound(_("There is no such group in this project."))
    return group


def _named(row: Assignment) -> str:
    return named(row.user_id, row.group_id)


def _tell(session: Session, actor: Actor, verb: str, trace: Trace, was: str, to: str = "") -> None:
    told = from_to({"given_to": was}, {"given_to": to})
    record_on_trace(session, actor, verb, f"trace:{trace.id}", trace, **told)
