"""What people say to each other about a trace: threads, comments, and who is mentioned."""

from datetime import datetime

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db.tables.base import Base, owner
from app.db.tables.people import User
from app.db.types import now


class Thread(Base):
    """A thread about a trace, or about one step or one proposal of it; resolved or open."""

    __tablename__ = "threads"
    id: Mapped[int] = mapped_column(primary_key=True)
    trace_id: Mapped[int] = owner("traces")
    step_id: Mapped[int | None] = mapped_column(ForeignKey("steps.id"))
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("proposals.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(default=now)
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    comments: Mapped[list["Comment"]] = relationship(order_by="Comment.id")


class Comment(Base):
    """What a person said in a thread; never changed.

    Its author can withdraw it: then nobody reads it.
    """

    __tablename__ = "comments"
    id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[int] = owner("threads")
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(default=now)
    withdrawn_at: Mapped[datetime | None]
    author: Mapped[User] = relationship()


class Mention(Base):
    """Somebody whom a comment names; `seen_at` is when they were shown it."""

    __tablename__ = "mentions"
    __table_args__ = (UniqueConstraint("user_id", "comment_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    comment_id: Mapped[int] = owner("comments")
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    seen_at: Mapped[datetime | None]
