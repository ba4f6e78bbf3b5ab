"""The operations of the API on bulk. Written by `make openapi`."""

from typing import Literal

from app.client.base import Operations, Shown
from app.core.model import Frozen


class QueueFilters(Frozen):
    """The filters of the queue, as the list of traces takes them; an empty one is
    anything.
    """

    state: Literal["waiting", "review", "golden", "discarded", "unsure", "failed"] | Literal[""] = (
        ""
    )
    held: Literal["", "mine", "somebody", "nobody"] = ""
    disputed: Literal["", "yes"] = ""
    source: str = ""
    flaw: str = ""
    confidence: Literal["", "low", "middle", "high", "unsaid"] = ""
    model: str = ""
    outcome: (
        Literal[
            "answered",
            "unanswered",
            "code_limit",
            "length_limit",
            "repetition",
            "empty_reply",
            "no_recording",
            "spending_cap",
            "model_error",
            "sandbox_error",
            "cancelled",
            "imported",
        ]
        | Literal[""]
    ) = ""


class NewBulk(Frozen):
    """What to do to which traces: to these, or to all that the filters leave.

    Nothing is done before it is confirmed.
    """

    deed: Literal["look", "sample", "reopen", "discard", "release", "assign", "take_back"]
    ids: tuple[int, ...] = ()
    filters: QueueFilters | None = None


class LeftOut(Shown):
    """Why traces are left out, and how many."""

    reason: str
    count: int


class BulkView(Shown):
    """A plan (`state` planned), or how far its job is: `done` traces are, or would be,
    changed.
    """

    id: int
    deed: Literal["look", "sample", "reopen", "discard", "release", "assign", "take_back"]
    state: str
    chosen: int
    looked_at: int
    done: int
    left_out: tuple[LeftOut, ...]
    reason: str
    batch_id: int | None
    """The batch that it began, where models work on it."""
    error: str


class Confirmation(Frozen):
    """Why; what changes verdicts has to say it."""

    reason: str = ""


class BulkOperations(Operations):
    """What can be asked for."""

    def plan_bulk(self, slug: str, body: NewBulk) -> BulkView:
        """Plan a deed on many traces, in place of the caller's plan before. For annotators;
        what costs tokens, or takes from others, for leads.
        """
        return self._one(BulkView, "POST", ("projects", slug, "bulk"), body=body)

    def get_bulk(self, slug: str, bulk_id: int, *, seen: Shown | None = None) -> BulkView:
        """What a plan would do, or how far it is."""
        return self._one(BulkView, "GET", ("projects", slug, "bulk", bulk_id), seen=seen)

    def confirm_bulk(self, slug: str, bulk_id: int, body: Confirmation) -> BulkView:
        """Have it done, once. For who planned it."""
        return self._one(
            BulkView, "POST", ("projects", slug, "bulk", bulk_id, "confirm"), body=body
        )

    def stop_bulk(self, slug: str, bulk_id: int) -> BulkView:
        """Do no more of it; what was done stays. For who planned it, and leads."""
        return self._one(BulkView, "POST", ("projects", slug, "bulk", bulk_id, "stop"))
