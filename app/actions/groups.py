"""Groups of a project's members, to whom work can be assigned together.

Promises: only a project's members are in its groups; an archived group gets no work any more, its
traces are free, and its members and all that was recorded of it stay.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from app.actions.assign import open_group, take_back_all
from app.actions.record import from_to, record
from app.core.errors import Invalid, Refused
from app.core.language import N_, _
from app.core.roles import Actor
from app.db.tables import Assignment, Group, GroupMember, Membership, Rule
from app.db.types import now

_DEED = N_("look after groups")


def create_group(session: Session, actor: Actor, project_id: int, name: str) -> Group:
    """A group without members. For leads."""
    actor.require("lead", _DEED)
    group = Group(project_id=project_id, name=_free_name(session, project_id, name))
    session.add(group)
    session.flush()
    _tell(session, actor, "create_group", group, {}, {"name": group.name})
    return group


def rename_group(session: Session, actor: Actor, project_id: int, group_id: int, name: str) -> None:
    """Give a group another name. For leads."""
    group = _group(session, actor, project_id, group_id)
    if name.strip() == group.name:
        return
    before, group.name = group.name, _free_name(session, project_id, name)
    _tell(session, actor, "rename_group", group, {"name": before}, {"name": group.name})


def set_group_members(
    session: Session, actor: Actor, project_id: int, group_id: int, user_ids: Iterable[int]
) -> None:
    """Say who is in a group: these members of the project. For leads."""
    group, wanted = _group(session, actor, project_id, group_id), set(user_ids)
    ours = select(Membership.user_id).where(Membership.project_id == project_id)
    if wanted - set(session.scalars(ours)):
        raise Invalid(_("Only members of the project can be in its groups."))
    inside = set(session.scalars(_members(group_id)))
    if wanted == inside:
        return
    gone = GroupMember.user_id.in_(inside - wanted)
    session.execute(delete(GroupMember).where(GroupMember.group_id == group_id, gone))
    session.add_all(GroupMember(group_id=group_id, user_id=each) for each in wanted - inside)
    members = {"members": sorted(inside)}, {"members": sorted(wanted)}
    _tell(session, actor, "set_group_members", group, *members)


def archive_group(session: Session, actor: Actor, project_id: int, group_id: int) -> None:
    """Give a group no more work; what it was given is free. For leads.

    Raises Refused while a rule gives it work.
    """
    group = _group(session, actor, project_id, group_id)
    if session.scalar(select(Rule.id).where(Rule.group_id == group_id).limit(1)):
        raise Refused(_("A rule gives work to this group: remove the rule first."))
    take_back_all(session, actor, Assignment.group_id == group_id)
    group.archived_at = now()
    _tell(session, actor, "archive_group", group, {"archived": False}, {"archived": True})


def _group(session: Session, actor: Actor, project_id: int, group_id: int) -> Group:
    actor.require("lead", _DEED)
    return open_group(session, project_id, group_id)


def _free_name(session: Session, project_id: int, name: str) -> str:
    """The name without spaces around it. Raises Invalid for none, or one that is taken."""
    name = name.strip()
    if not name or len(name) > 80:
        raise Invalid(_("A name has 1 to 80 characters."))
    same = select(Group.id).where(Group.project_id == project_id, Group.name == name)
    if session.scalar(same):
        raise Invalid(_("The name %(name)s is taken.", name=name))
    return name


def _members(group_id: int) -> Select[int]:
    return select(GroupMember.user_id).where(GroupMember.group_id == group_id)


def _tell(
    session: Session,
    actor: Actor,
    verb: str,
    group: Group,
    before: dict[str, Any],
    after: dict[str, Any],
) -> None:
    told, place = from_to(before, after), {"project_id": group.project_id}
    record(session, actor, verb, f"group:{group.id}", **place, **told)
