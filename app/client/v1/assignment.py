"""The operations of the API on assignment. Written by `make openapi`."""

from collections.abc import Iterator

from app.client.base import Operations, Shown
from app.core.assignee import Assignee
from app.core.model import Frozen


class GroupView(Shown):
    """A group and who is in it."""

    id: int
    name: str
    members: tuple[int, ...]


class NewGroup(Frozen):
    """A group of members of the project."""

    name: str
    members: tuple[int, ...] = ()


class GroupChange(Frozen):
    """What a group is called and who is in it; what is null stays."""

    name: str | None = None
    members: tuple[int, ...] | None = None
    """Ids of members of the project."""


class Known(Shown):
    """What a member knows; languages by their tags. What is null stays."""

    skills: tuple[str, ...] | None = None
    languages: tuple[str, ...] | None = None


class NewRule(Shown):
    """What a rule says (`app.db.tables.Rule`): to whom is a person or group, a skill, or
    neither.

    With neither, traces go to who knows the language of the problem.
    """

    source: str = ""
    language: str = ""
    to: Assignee | None = None
    skill: str = ""
    exclusive: bool = True
    max_open: int | None = None
    max_day: int | None = None
    max_total: int | None = None


class RuleView(NewRule):
    """A rule; it is made and removed, never changed."""

    id: int


class AssignmentView(Shown):
    """To whom a trace was given by hand, null for nobody, and why it is there for the
    caller.
    """

    trace_id: int
    to: Assignee | None
    why: str = ""


class To(Frozen):
    """To whom a trace is given."""

    to: Assignee


class AssignmentOperations(Operations):
    """What can be asked for."""

    def list_groups(self, slug: str, *, limit: int = 50) -> Iterator[GroupView]:
        """The groups of a project, but for archived ones. For leads."""
        return self._list(GroupView, ("projects", slug, "groups"), limit=limit)

    def create_group(self, slug: str, body: NewGroup) -> GroupView:
        """Make a group. For leads."""
        return self._one(GroupView, "POST", ("projects", slug, "groups"), body=body)

    def get_group(self, slug: str, group_id: int, *, seen: Shown | None = None) -> GroupView:
        """One group. For leads."""
        return self._one(GroupView, "GET", ("projects", slug, "groups", group_id), seen=seen)

    def change_group(
        self, slug: str, group_id: int, body: GroupChange, *, seen: Shown | None = None
    ) -> GroupView:
        """Give a group another name or other members. For leads."""
        return self._one(
            GroupView, "PATCH", ("projects", slug, "groups", group_id), body=body, seen=seen
        )

    def archive_group(self, slug: str, group_id: int) -> None:
        """Archive a group: it gets no more work, and what it was given is free. For leads."""
        self._none("DELETE", ("projects", slug, "groups", group_id))

    def get_knowledge(self, slug: str, user_id: int, *, seen: Shown | None = None) -> Known:
        """What a member knows. For leads."""
        return self._one(
            Known, "GET", ("projects", slug, "members", user_id, "knowledge"), seen=seen
        )

    def set_knowledge(
        self, slug: str, user_id: int, body: Known, *, seen: Shown | None = None
    ) -> Known:
        """Say what a member knows. For leads; one's own languages for annotators."""
        return self._one(
            Known, "PUT", ("projects", slug, "members", user_id, "knowledge"), body=body, seen=seen
        )

    def list_rules(self, slug: str, *, limit: int = 50) -> Iterator[RuleView]:
        """The rules of a project. For leads."""
        return self._list(RuleView, ("projects", slug, "rules"), limit=limit)

    def make_rule(self, slug: str, body: NewRule) -> RuleView:
        """Make a rule, which holds at once for all that waits. For leads."""
        return self._one(RuleView, "POST", ("projects", slug, "rules"), body=body)

    def get_rule(self, slug: str, rule_id: int, *, seen: Shown | None = None) -> RuleView:
        """One rule. For leads."""
        return self._one(RuleView, "GET", ("projects", slug, "rules", rule_id), seen=seen)

    def remove_rule(self, slug: str, rule_id: int) -> None:
        """Take a rule away. For leads."""
        self._none("DELETE", ("projects", slug, "rules", rule_id))

    def list_assignments(self, slug: str, *, limit: int = 50) -> Iterator[AssignmentView]:
        """The traces that were given by hand, and to whom. For leads."""
        return self._list(AssignmentView, ("projects", slug, "assignments"), limit=limit)

    def get_assignment(
        self, slug: str, trace_id: int, *, seen: Shown | None = None
    ) -> AssignmentView:
        """To whom a trace was given by hand, and why it is there for the caller."""
        return self._one(
            AssignmentView, "GET", ("projects", slug, "traces", trace_id, "assignment"), seen=seen
        )

    def assign_trace(
        self, slug: str, trace_id: int, body: To, *, seen: Shown | None = None
    ) -> AssignmentView:
        """Give a trace to a person or a group. For leads."""
        return self._one(
            AssignmentView,
            "PUT",
            ("projects", slug, "traces", trace_id, "assignment"),
            body=body,
            seen=seen,
        )

    def take_back(self, slug: str, trace_id: int) -> None:
        """Give a trace to nobody in particular. For leads."""
        self._none("DELETE", ("projects", slug, "traces", trace_id, "assignment"))
