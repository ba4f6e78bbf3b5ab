"""Where a person is mentioned."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db.tables import Comment, Membership, Mention, Project, Thread, Trace, User

NEWEST = 100


class Mentioned(NamedTuple):
    """A comment that mentions a person; `seen_at` is None until they were shown it."""

    comment_id: int
    thread_id: int
    trace_id: int
    slug: str
    project: str
    by: str
    text: str
    at: datetime
    seen_at: datetime | None


def mentions_of(session: Session, user_id: int) -> Sequence[Mentioned]:
    """The newest hundred comments that mention a person, in projects that they still belong to."""
    query = (
        select(
            Comment.id,
            Thread.id,
            Thread.trace_id,
            Project.slug,
            Project.name,
            User.name,
            Comment.text,
            Comment.at,
            Mention.seen_at,
        )
        .join(Comment, Comment.id == Mention.comment_id)
        .join(Thread, Thread.id == Comment.thread_id)
        .join(Trace, Trace.id == Thread.trace_id)
        .join(Project, Project.id == Trace.project_id)
        .join(Membership, Membership.project_id == Project.id)
        .join(User, User.id == Comment.user_id)
        .where(Mention.user_id == user_id, Membership.user_id == user_id)
        .where(Comment.withdrawn_at.is_(None))
        .order_by(Comment.id.desc())
        .limit(NEWEST)
    )
    return [Mentioned(*row) for row in session.execute(query)]


def unseen_mentions(session: Session, user_id: int) -> int:
    """How many comments mention a person that they were not shown, as the list has them."""
    query = (
        select(func.count())
        .select_from(Mention)
        .join(Comment, Comment.id == Mention.comment_id)
        .join(Thread, Thread.id == Comment.thread_id)
        .join(Trace, Trace.id == Thread.trace_id)
        .join(Membership, Membership.project_id == Trace.project_id)
        .where(Mention.user_id == user_id, Membership.user_id == user_id)
        .where(Mention.seen_at.is_(None))
        .where(Comment.withdrawn_at.is_(None))
    )
    return session.scalar(query) or 0
