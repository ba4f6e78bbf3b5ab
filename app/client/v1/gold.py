"""The operations of the API on gold. Written by `make openapi`."""

from collections.abc import Iterator
from typing import Literal

from app.client.base import Operations, Shown
from app.core.model import Frozen


class GoldItemView(Shown):
    """A gold standard, and how many gave their verdict on it."""

    trace_id: int
    decision: Literal["golden", "discard", "unsure"]
    flaw: str | None
    step: int | None
    given: int


class ScoreView(Shown):
    """How well a person did: right verdicts, and first flaws and their steps where known.

    `low` and `high` are the bounds of Wilson's 95% interval of the share of right
    verdicts.
    """

    user_id: int
    name: str
    items: int
    right: int
    low: float
    high: float
    flaws: int
    flaws_right: int
    steps: int
    steps_right: int


class KnownVerdict(Frozen):
    """What is known of a trace; without anything it is what the verdict that stands says."""

    decision: Literal["golden", "discard", "unsure"] | None = None
    flaw: str = ""
    step: int | None = None
    """Counted from 0."""


class GoldOperations(Operations):
    """What can be asked for."""

    def list_gold(self, slug: str, *, limit: int = 50) -> Iterator[GoldItemView]:
        """The gold standards of a project. For leads."""
        return self._list(GoldItemView, ("projects", slug, "gold"), limit=limit)

    def list_scores(self, slug: str, *, limit: int = 50) -> Iterator[ScoreView]:
        """How well each person did. For leads."""
        return self._list(ScoreView, ("projects", slug, "gold", "scores"), limit=limit)

    def get_gold(self, slug: str, trace_id: int, *, seen: Shown | None = None) -> GoldItemView:
        """The gold standard that a trace is. For leads."""
        return self._one(
            GoldItemView, "GET", ("projects", slug, "traces", trace_id, "gold"), seen=seen
        )

    def mark_gold(self, slug: str, trace_id: int, body: KnownVerdict) -> GoldItemView:
        """Mark a trace as a gold standard. For leads."""
        return self._one(
            GoldItemView, "PUT", ("projects", slug, "traces", trace_id, "gold"), body=body
        )

    def unmark_gold(self, slug: str, trace_id: int) -> None:
        """Take the mark away; the scores stay. For leads."""
        self._none("DELETE", ("projects", slug, "traces", trace_id, "gold"))
