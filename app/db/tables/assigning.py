"""To whom work goes: groups of a project's members, what they know, rules, and single traces."""

from datetime import datetime
from typing import Literal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import Base, owner
from app.db.types import now

Known = Literal["skill", "language"]


class Group(Base):
    """Members of a project under one name; an archived one gets no work and keeps its members."""

    __tablename__ = "groups"
    __table_args__ = (UniqueConstraint("project_id", "name"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = owner("projects")
    name: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(default=now)
    archived_at: Mapped[datetime | None]


class GroupMember(Base):
    """That a person is in a group."""

    __tablename__ = "group_members"
    group_id: Mapped[int] = mapped_column(
        ForeignKey("groups.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Knowledge(Base):
    """What a member knows: a skill, in the project's own words, or a language, by its tag."""

    __tablename__ = "knowledge"
    project_id: Mapped[int] = mapped_column(
        ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    kind: Mapped[Known] = mapped_column(String(8), primary_key=True)
    value: Mapped[str] = mapped_column(String(60), primary_key=True)


class Rule(Base):
    """Which traces go to whom: those of a benchmark (`source`), in a language; "" is any.

    They go to one person, to a group, to who has a skill, or else to who knows the problem's
    language. `exclusive` says to nobody else; otherwise others come after them. The limits are of
    each person: `max_open` at a time, `max_day` a day (UTC), `max_total` ever.
    """

    __tablename__ = "rules"
    __table_args__ = (CheckConstraint("user_id IS NULL OR group_id IS NULL", name="one_assignee"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = owner("projects")
    source: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[str] = mapped_column(String(2), default="")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"))
    skill: Mapped[str] = mapped_column(String(60), default="")
    exclusive: Mapped[bool] = mapped_column(default=True)
    max_open: Mapped[int | None]
    max_day: Mapped[int | None]
    max_total: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(default=now)

    @property
    def limits(self) -> tuple[int | None, int | None, int | None]:
        """At a time, a day, ever."""
        return self.max_open, self.max_day, self.max_total


class Assignment(Base):
    """A trace that somebody gave to one person, or to one group; it goes before every rule."""

    __tablename__ = "assignments"
    __table_args__ = (Index("ix_assignments_group_id", "group_id"),)
    trace_id: Mapped[int] = mapped_column(
        ForeignKey("traces.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    at: Mapped[datetime] = mapped_column(default=now)
