"""Whom work can be given to in a project, and what they are called."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.assignee import named
from app.core.lifecycle import SETTLED
from app.db.queries.people import members_of
from app.db.tables import Assignment, Group, GroupMember, Knowledge, Rule, Trace, User


def assignees(session: Session, project_id: int) -> tuple[tuple[str, str], ...]:
    """The groups, and the people who may judge; each as `app.core.assignee` names it."""
    found = [(f"group:{group.id}", group.name) for group in groups_of(session, project_id)]
    people = members_of(session, project_id)
    able = (user for user, role in people if role != "viewer" and user.active)
    return (*found, *((f"person:{user.id}", user.name) for user in able))


def given_by_hand(session: Session, project_ids: Sequence[int]) -> tuple[tuple[str, str], ...]:
    """To whom traces of these projects were given by hand, and what they are called."""
    query = select(Assignment.user_id, Assignment.group_id, User.name, Group.name).distinct()
    query = query.join(Trace, Trace.id == Assignment.trace_id)
    query = query.outerjoin(User, User.id == Assignment.user_id)
    query = query.outerjoin(Group, Group.id == Assignment.group_id)
    rows = session.execute(query.where(Trace.project_id.in_(project_ids)))
    found = (
        (named(user_id, group_id), person or group) for user_id, group_id, person, group in rows
    )
    return tuple(sorted(found, key=lambda pair: pair[1]))


def waiting_by_hand(session: Session, project_id: int) -> list[tuple[str, str, int]]:
    """The same with how many of their traces wait for a person."""
    names = dict(given_by_hand(session, [project_id]))
    query = select(Assignment.user_id, Assignment.group_id, func.count())
    query = query.join(Trace, Trace.id == Assignment.trace_id)
    waits = query.where(Trace.project_id == project_id, Trace.state.not_in(SETTLED))
    rows = session.execute(waits.group_by(Assignment.user_id, Assignment.group_id))
    many = {named(user_id, group_id): n for user_id, group_id, n in rows}
    return [(to, name, many[to]) for to, name in names.items() if to in many]


def name_of(session: Session, assignee: str) -> str:
    """What an assignee is called; "" for none."""
    kind, _colon, number = assignee.partition(":")
    table = User if kind == "person" else Group
    return session.scalar(select(table.name).where(table.id == int(number or 0))) or ""


def groups_of(session: Session, project_id: int) -> Sequence[Group]:
    """The groups of a project that are not archived, by name."""
    ours = (Group.project_id == project_id, Group.archived_at.is_(None))
    return session.scalars(select(Group).where(*ours).order_by(Group.name)).all()


def members_by_group(session: Session, project_id: int) -> dict[int, list[int]]:
    """Who is in each group of a project."""
    query = select(GroupMember).join(Group, Group.id == GroupMember.group_id)
    found: dict[int, list[int]] = {}
    ours = query.where(Group.project_id == project_id).order_by(GroupMember.user_id)
    for row in session.scalars(ours):
        found.setdefault(row.group_id, []).append(row.user_id)
    return found


def knowledge_of(session: Session, project_id: int) -> dict[int, dict[str, list[str]]]:
    """What each member knows: skills and languages."""
    found: dict[int, dict[str, list[str]]] = {}
    ours = select(Knowledge).where(Knowledge.project_id == project_id)
    for row in session.scalars(ours.order_by(Knowledge.value)):
        known = found.setdefault(row.user_id, {"skill": [], "language": []})
        known[row.kind].append(row.value)
    return found


def rules_of(session: Session, project_id: int) -> Sequence[Rule]:
    """The rules of a project, the oldest first."""
    ours = select(Rule).where(Rule.project_id == project_id)
    return session.scalars(ours.order_by(Rule.id)).all()
