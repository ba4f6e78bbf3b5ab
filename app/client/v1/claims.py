"""The operations of the API on claims. Written by `make openapi`."""

from app.client.base import Operations, Shown


class ClaimView(Shown):
    """For how many seconds more the caller holds a trace; 0 where they don't."""

    trace_id: int
    seconds: int


class ClaimThere(ClaimView):
    """A claim in the project `slug`."""

    slug: str


class ClaimsOperations(Operations):
    """What can be asked for."""

    def claim_next_anywhere(self) -> ClaimThere | None:
        """Claim the next trace of the first project that has one for the caller. For
        annotators.
        """
        return self._maybe(ClaimThere, "POST", ("queue", "next"))

    def claim_next(self, slug: str) -> ClaimView | None:
        """Claim the next trace of the queue. For annotators.

        What the caller holds already comes first. No two callers get the same.
        """
        return self._maybe(ClaimView, "POST", ("projects", slug, "queue", "next"))

    def get_claim(self, slug: str, trace_id: int, *, seen: Shown | None = None) -> ClaimView:
        """For how long the caller still holds a trace."""
        return self._one(
            ClaimView, "GET", ("projects", slug, "traces", trace_id, "claim"), seen=seen
        )

    def claim_trace(self, slug: str, trace_id: int) -> ClaimView:
        """Hold a trace. For annotators."""
        return self._one(ClaimView, "POST", ("projects", slug, "traces", trace_id, "claim"))

    def release_claim(self, slug: str, trace_id: int) -> None:
        """Give one's claim back. For annotators."""
        self._none("DELETE", ("projects", slug, "traces", trace_id, "claim"))

    def keep_claim(self, slug: str, trace_id: int) -> ClaimView:
        """Say that the caller is still at it: their claim lasts as if it were new. For
        annotators.
        """
        return self._one(
            ClaimView, "POST", ("projects", slug, "traces", trace_id, "claim", "heartbeat")
        )

    def put_off(self, slug: str, trace_id: int) -> None:
        """Give one's claim back and see this trace after all others. For annotators."""
        self._none("POST", ("projects", slug, "traces", trace_id, "later"))

    def free_trace(self, slug: str, trace_id: int) -> None:
        """Take a trace from whoever holds it. For leads."""
        self._none("DELETE", ("projects", slug, "traces", trace_id, "claims"))
