"""The operations of the API on talk. Written by `make openapi`."""

from collections.abc import Iterator
from datetime import datetime

from app.client.base import Operations, Shown
from app.client.v1.me import (
    Count,
)
from app.core.model import Frozen


class CommentView(Shown):
    """What somebody said. `text` is null once they withdrew it."""

    id: int
    by: str
    text: str | None
    at: datetime
    withdrawn_at: datetime | None


class ThreadView(Shown):
    """A thread about a trace, or about the step or the hint that it names."""

    id: int
    step_id: int | None
    proposal_id: int | None
    at: datetime
    resolved_at: datetime | None
    comments: tuple[CommentView, ...]


class NewComment(Frozen):
    """What is to be said; @ and the name of a member tells them."""

    text: str


class NewThread(NewComment):
    """A thread, with what is said first: about a step (`id`), about a hint, or about the
    trace.
    """

    step_id: int | None = None
    proposal_id: int | None = None


class MentionView(Shown):
    """A comment that mentions the caller, in the project `slug`. `seen_at` is when they
    saw it.
    """

    comment_id: int
    thread_id: int
    trace_id: int
    slug: str
    by: str
    text: str
    at: datetime
    seen_at: datetime | None


class TalkOperations(Operations):
    """What can be asked for."""

    def list_threads(self, slug: str, trace_id: int, *, limit: int = 50) -> Iterator[ThreadView]:
        """The threads about a trace; under overlap, until the caller judged it, their own
        alone.
        """
        return self._list(
            ThreadView, ("projects", slug, "traces", trace_id, "threads"), limit=limit
        )

    def begin_thread(self, slug: str, trace_id: int, body: NewThread) -> ThreadView:
        """Begin a thread. For annotators."""
        return self._one(
            ThreadView, "POST", ("projects", slug, "traces", trace_id, "threads"), body=body
        )

    def get_thread(
        self, slug: str, trace_id: int, thread_id: int, *, seen: Shown | None = None
    ) -> ThreadView:
        """One thread, with all that was said in it."""
        return self._one(
            ThreadView,
            "GET",
            ("projects", slug, "traces", trace_id, "threads", thread_id),
            seen=seen,
        )

    def reply(self, slug: str, trace_id: int, thread_id: int, body: NewComment) -> ThreadView:
        """Say more in a thread; one that was resolved is open again. For annotators."""
        return self._one(
            ThreadView,
            "POST",
            ("projects", slug, "traces", trace_id, "threads", thread_id, "comments"),
            body=body,
        )

    def resolve_thread(self, slug: str, trace_id: int, thread_id: int) -> ThreadView:
        """Say that a thread is done with. For annotators."""
        return self._one(
            ThreadView,
            "POST",
            ("projects", slug, "traces", trace_id, "threads", thread_id, "resolve"),
        )

    def withdraw_comment(self, slug: str, trace_id: int, comment_id: int) -> None:
        """Take back what one said oneself: nobody reads it any more. For annotators."""
        self._none("DELETE", ("projects", slug, "traces", trace_id, "comments", comment_id))

    def list_mentions(self, *, limit: int = 50) -> Iterator[MentionView]:
        """The newest hundred comments that mention the caller, the newest first."""
        return self._list(MentionView, ("mentions",), limit=limit)

    def see_mentions(self) -> Count:
        """Say that one has seen them all; gives how many were new."""
        return self._one(Count, "POST", ("mentions", "seen"))
