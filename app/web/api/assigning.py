"""Who gets which work: groups, what members know, rules, and traces given by hand."""

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.assign import assign_trace, open_group, take_back
from app.actions.groups import archive_group, create_group, rename_group, set_group_members
from app.actions.knowledge import MAX_KNOWN, lock_member, set_knowledge
from app.actions.record import lock_trace
from app.actions.rules import NewRule, make_rule, remove_rule, rule_in
from app.core.assignee import Assignee, assignee_of, named
from app.core.model import Frozen
from app.db.queries.assignees import groups_of, knowledge_of, members_by_group, rules_of
from app.db.tables import Assignment, Group, Rule, Trace
from app.web.api.deps import Here, Id, LeadHere
from app.web.api.etags import IfMatch, IfNoneMatch, shown
from app.web.api.paging import Page, Paged
from app.web.api.sent import NOT_BLANK, Sent
from app.web.api.traces import TRACE, ThisTrace
from app.web.deps import Db, Place

router = APIRouter(prefix="/projects/{slug}", tags=["assignment"])
_GROUP = "/groups/{group_id}"
Words = Annotated[tuple[Annotated[str, Field(max_length=60)], ...], Field(max_length=MAX_KNOWN)]
Ids = Annotated[tuple[Annotated[int, Field(ge=1, le=2**31 - 1)], ...], Field(max_length=1000)]


class GroupChange(Frozen):
    """What a group is called and who is in it; what is null stays."""

    name: str | None = Field(
        None, min_length=1, max_length=80, pattern=NOT_BLANK, examples=["Integer"]
    )
    members: Ids | None = Field(None, description="Ids of members of the project.")


class NewGroup(Frozen):
    """A group of members of the project."""

    name: str = Field(min_length=1, max_length=80, pattern=NOT_BLANK, examples=["Integer"])
    members: Ids = ()


class GroupView(Frozen):
    """A group and who is in it."""

    id: int = Field(examples=[2])
    name: str = Field(examples=["Integer"])
    members: tuple[int, ...] = Field(examples=[[3, 4]])


class RuleView(NewRule):
    """A rule; it is made and removed, never changed."""

    id: int


class Known(Frozen):
    """What a member knows; languages by their tags. What is null stays."""

    skills: Words | None = Field(None, examples=[["integer programming"]])
    languages: Words | None = Field(None, examples=[["en", "zh"]])


class To(Frozen):
    """To whom a trace is given."""

    to: Assignee


class AssignmentView(Frozen):
    """To whom a trace was given by hand, null for nobody, and why it is there for the caller."""

    trace_id: int
    to: Assignee | None
    why: str = Field("", examples=["your group Integer: benchmark IndustryOR"])


@router.get("/groups")
def list_groups(session: Db, here: LeadHere, paging: Paged) -> Page[GroupView]:
    """The groups of a project, but for archived ones. For leads."""
    inside = members_by_group(session, here.project.id)
    groups = sorted(groups_of(session, here.project.id), key=lambda group: group.id)
    rows, following = paging.some(groups, lambda group: group.id)
    return Page(items=tuple(_group(group, inside) for group in rows), next=following)


@router.post("/groups", status_code=201, response_model=GroupView)
def create_group_(session: Db, here: Here, new: Sent[NewGroup]) -> Response:
    """Make a group. For leads."""
    group = create_group(session, here.actor, here.project.id, new.name)
    set_group_members(session, here.actor, here.project.id, group.id, new.members)
    session.flush()
    return shown(_shown(session, here, group.id), 201)


@router.get(_GROUP, response_model=GroupView)
def get_group(session: Db, here: LeadHere, group_id: Id, condition: IfNoneMatch) -> Response:
    """One group. For leads."""
    return condition.show(_shown(session, here, group_id))


@router.patch(_GROUP, response_model=GroupView)
def change_group(
    session: Db, here: LeadHere, group_id: Id, change: Sent[GroupChange], condition: IfMatch
) -> Response:
    """Give a group another name or other members. For leads."""
    group = open_group(session, here.project.id, group_id)
    session.refresh(group, with_for_update={"key_share": True})
    condition.check(lambda: _shown(session, here, group_id))
    place = (session, here.actor, here.project.id, group_id)
    if change.name is not None:
        rename_group(*place, change.name)
    if change.members is not None:
        set_group_members(*place, change.members)
    session.flush()
    return shown(_shown(session, here, group_id))


@router.delete(_GROUP, status_code=204)
def archive_group_(session: Db, here: Here, group_id: Id) -> None:
    """Archive a group: it gets no more work, and what it was given is free. For leads."""
    archive_group(session, here.actor, here.project.id, group_id)


@router.get("/members/{user_id}/knowledge", response_model=Known)
def get_knowledge(session: Db, here: LeadHere, user_id: Id, condition: IfNoneMatch) -> Response:
    """What a member knows. For leads."""
    return condition.show(_known(session, here, user_id))


@router.put("/members/{user_id}/knowledge", response_model=Known)
def set_knowledge_(
    session: Db, here: Here, user_id: Id, known: Sent[Known], condition: IfMatch
) -> Response:
    """Say what a member knows. For leads; one's own languages for annotators."""
    lock_member(session, here.project.id, user_id)
    condition.check(lambda: _known(session, here, user_id))
    place = (session, here.actor, here.project.id, user_id)
    if known.skills is not None:
        set_knowledge(*place, "skill", known.skills)
    if known.languages is not None:
        set_knowledge(*place, "language", known.languages)
    session.flush()
    return shown(_known(session, here, user_id))


@router.get("/rules")
def list_rules(session: Db, here: LeadHere, paging: Paged) -> Page[RuleView]:
    """The rules of a project. For leads."""
    rows, following = paging.some(rules_of(session, here.project.id), lambda rule: rule.id)
    return Page(items=tuple(map(_rule, rows)), next=following)


@router.post("/rules", status_code=201, response_model=RuleView)
def make_rule_(session: Db, here: Here, new: Sent[NewRule]) -> Response:
    """Make a rule, which holds at once for all that waits. For leads."""
    return shown(_rule(make_rule(session, here.actor, here.project.id, new)), 201)


@router.get("/rules/{rule_id}", response_model=RuleView)
def get_rule(session: Db, here: LeadHere, rule_id: Id, condition: IfNoneMatch) -> Response:
    """One rule. For leads."""
    return condition.show(_rule(rule_in(session, here.project.id, rule_id)))


@router.delete("/rules/{rule_id}", status_code=204)
def remove_rule_(session: Db, here: Here, rule_id: Id) -> None:
    """Take a rule away. For leads."""
    remove_rule(session, here.actor, here.project.id, rule_id)


@router.get("/assignments")
def list_assignments(session: Db, here: LeadHere, paging: Paged) -> Page[AssignmentView]:
    """The traces that were given by hand, and to whom. For leads."""
    found = select(Assignment).join(Trace, Trace.id == Assignment.trace_id)
    ours = found.where(Trace.project_id == here.project.id)
    rows, following = paging.rows(session, ours, Assignment.trace_id)
    items = (AssignmentView(trace_id=row.trace_id, to=_to(row)) for row in rows)
    return Page(items=tuple(items), next=following)


@router.get(f"{TRACE}/assignment", response_model=AssignmentView)
def get_assignment(session: Db, desk: ThisTrace, condition: IfNoneMatch) -> Response:
    """To whom a trace was given by hand, and why it is there for the caller."""
    return condition.show(_assigned(session, desk))


@router.put(f"{TRACE}/assignment", response_model=AssignmentView)
def assign_trace_(
    session: Db, here: Here, desk: ThisTrace, given: Sent[To], condition: IfMatch
) -> Response:
    """Give a trace to a person or a group. For leads."""
    lock_trace(session, desk.trace.id)
    condition.check(lambda: _assigned(session, desk))
    assign_trace(session, here.actor, desk.trace.id, given.to)
    return shown(AssignmentView(trace_id=desk.trace.id, to=given.to))


@router.delete(f"{TRACE}/assignment", status_code=204)
def take_back_(session: Db, here: Here, desk: ThisTrace) -> None:
    """Give a trace to nobody in particular. For leads."""
    take_back(session, here.actor, desk.trace.id)


def _group(group: Group, inside: dict[int, list[int]]) -> GroupView:
    return GroupView(id=group.id, name=group.name, members=tuple(inside.get(group.id, ())))


def _shown(session: Session, here: Place, group_id: int) -> GroupView:
    inside = members_by_group(session, here.project.id)
    return _group(open_group(session, here.project.id, group_id), inside)


def _known(session: Session, here: Place, user_id: int) -> Known:
    found = knowledge_of(session, here.project.id).get(user_id, {})
    return Known(skills=tuple(found.get("skill", ())), languages=tuple(found.get("language", ())))


def _rule(rule: Rule) -> RuleView:
    said = {name: getattr(rule, name) for name in NewRule.model_fields if name != "to"}
    return RuleView(id=rule.id, to=_to(rule), **said)


def _assigned(session: Session, desk: ThisTrace) -> AssignmentView:
    row = session.get(Assignment, desk.trace.id)
    why = desk.why.words if desk.why else ""
    return AssignmentView(trace_id=desk.trace.id, to=_to(row), why=why)


def _to(row: Assignment | Rule | None) -> Assignee | None:
    whom = named(row.user_id, row.group_id) if row else ""
    return assignee_of(whom) if whom else None
