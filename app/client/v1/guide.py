"""The operations of the API on guide. Written by `make openapi`."""

from datetime import datetime
from typing import Literal

from app.client.base import Operations, Shown
from app.client.v1.claims import ClaimView
from app.core.model import Frozen


class GuideView(Shown):
    """Where the caller left the guide, and the step that they are at on a trace."""

    state: Literal["offered", "on", "put away"]
    begun_at: datetime | None
    step: Literal["problem", "trace", "proposal", "accept", "growing", "verdict", "done"]


class PassedStep(Frozen):
    """A step that was read; what is passed by a deed is passed by doing it."""

    step: Literal["problem", "trace", "proposal", "accept", "growing", "verdict", "done"]


class GuideOperations(Operations):
    """What can be asked for."""

    def begin_guide(self, slug: str) -> ClaimView | None:
        """Begin on a trace that is good to begin with, and hold it. For annotators."""
        return self._maybe(ClaimView, "POST", ("projects", slug, "guide"))

    def put_guide_away(self, slug: str) -> None:
        """Show it no more, until it is begun again. For annotators."""
        self._none("DELETE", ("projects", slug, "guide"))

    def get_guide(self, slug: str, trace_id: int, *, seen: Shown | None = None) -> GuideView:
        """The step that the caller is at on a trace."""
        return self._one(
            GuideView, "GET", ("projects", slug, "traces", trace_id, "guide"), seen=seen
        )

    def begin_guide_here(self, slug: str, trace_id: int) -> GuideView:
        """Begin again, on this trace. For annotators."""
        return self._one(GuideView, "POST", ("projects", slug, "traces", trace_id, "guide"))

    def pass_step(self, slug: str, trace_id: int, body: PassedStep) -> GuideView:
        """Pass a step by having read it. For annotators."""
        return self._one(
            GuideView, "POST", ("projects", slug, "traces", trace_id, "guide", "steps"), body=body
        )
