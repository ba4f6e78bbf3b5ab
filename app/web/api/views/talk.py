"""What people say to each other about a trace, as the API shows it."""

from datetime import datetime

from pydantic import Field

from app.core.model import Frozen
from app.db.queries.talk import Mentioned
from app.db.tables import Comment, Thread


class CommentView(Frozen):
    """What somebody said. `text` is null once they withdrew it."""

    id: int = Field(examples=[31])
    by: str
    text: str | None = Field(examples=["@ben, is the unit right?"])
    at: datetime
    withdrawn_at: datetime | None


class ThreadView(Frozen):
    """A thread about a trace, or about the step or the hint that it names."""

    id: int = Field(examples=[12])
    step_id: int | None
    proposal_id: int | None
    at: datetime
    resolved_at: datetime | None
    comments: tuple[CommentView, ...]


class MentionView(Frozen):
    """A comment that mentions the caller, in the project `slug`. `seen_at` is when they saw it."""

    comment_id: int
    thread_id: int
    trace_id: int
    slug: str = Field(examples=["ducks"])
    by: str
    text: str
    at: datetime
    seen_at: datetime | None


def thread_view(row: Thread) -> ThreadView:
    """A thread with all that was said in it."""
    named = {name: getattr(row, name) for name in ThreadView.model_fields.keys() - {"comments"}}
    return ThreadView(**named, comments=tuple(map(_comment, row.comments)))


def mention_view(row: Mentioned) -> MentionView:
    """Where the caller is mentioned."""
    return MentionView(**{name: getattr(row, name) for name in MentionView.model_fields})


def _comment(row: Comment) -> CommentView:
    return CommentView(
        id=row.id,
        by=row.author.name,
        text=None if row.withdrawn_at else row.text,
        at=row.at,
        withdrawn_at=row.withdrawn_at,
    )
