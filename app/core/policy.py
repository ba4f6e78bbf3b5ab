"""What a project lets pass without a person: auto mode.

The first hint of a path is put in where the policy lets it pass, the Reasoner goes on, what it
wrote is looked at again, and so on up to the limit of hints, as CALM does throughout (arXiv
2510.04204). What comes of it is handed to the queue: the verdict on a branch stays a person's.
"""

from collections.abc import Sequence

from pydantic import Field

from app.core.model import Frozen
from app.core.proposal import Proposal


class Policy(Frozen):
    """A hint passes for its flaw, or where its source states at least this confidence (0 to 1)."""

    on: bool = False
    flaws: tuple[str, ...] = ()
    confidence: float | None = Field(None, ge=0, le=1, allow_inf_nan=False)

    def passing(self, proposals: Sequence[Proposal]) -> Proposal | None:
        """Of open hints the first in the path, where it passes; a later one waits for its turn."""
        earliest = min(proposals, key=_place, default=None)
        return earliest if earliest and self._passes(earliest) else None

    def _passes(self, proposal: Proposal) -> bool:
        if self.confidence is None or proposal.confidence is None:
            return proposal.flaw in self.flaws
        return proposal.flaw in self.flaws or proposal.confidence >= self.confidence


def _place(proposal: Proposal) -> tuple[int, int]:
    return proposal.cut.step, proposal.cut.offset
