"""A suggested hint, its evidence, and what a person may decide about it.

A proposal keeps its first words for ever; an edit is a judgement beside it.
"""

from typing import Literal

from pydantic import Field, model_validator

from app.core.model import Frozen
from app.core.trace import Cut

SourceKind = Literal["intervener", "rule", "person", "recording"]
Decision = Literal["accept", "edit", "reject"]
ProposalState = Literal["open", "accepted", "edited", "rejected", "withdrawn", "merged"]
"""`withdrawn` is a person's own hint that they undid; `merged` is one whose place another took,
which names its source too."""
MAX_WORDS = 2_000
"""The longest hint in characters; the paper's are a sentence or two."""
MAX_HINT_TOKENS = 40
"""The longest hint that a rule or a model may propose; a person's may be longer."""


class Evidence(Frozen):
    """The words that a flaw shows in: characters `start` to `end` of step `step` of the path.

    `note` says in plain words what is wrong there, so that a person can check it at a glance.
    """

    step: int = Field(ge=0)
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    note: str

    @model_validator(mode="after")
    def _ordered(self) -> "Evidence":
        if self.end < self.start:
            raise ValueError("evidence ends before it starts")
        return self


class Source(Frozen):
    """Who proposed it: kind, name (of a model, a rule, a person) and the version of its words."""

    kind: SourceKind
    name: str
    version: str = ""


class Proposal(Frozen):
    """A hint for the first flaw that its source found; `words` have no fence.

    `confidence`, from 0 to 1, is what the source says of its own certainty, None where it says
    nothing. `confirmed_by` are the other sources that found the same flaw at the same place. What
    was stored without the two has neither.
    """

    flaw: str
    evidence: tuple[Evidence, ...]
    cut: Cut
    words: str = Field(min_length=1, max_length=MAX_WORDS)
    source: Source
    confidence: float | None = Field(None, ge=0, le=1, allow_inf_nan=False)
    confirmed_by: tuple[Source, ...] = ()


class Flawless(Frozen):
    """A source's word that it found no uncorrected flaw, with its reasons."""

    reasons: str
    source: Source
