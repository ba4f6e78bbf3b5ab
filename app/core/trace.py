"""Steps, cuts and branches: what a trace is made of.

Promises: the text of a path is the concatenation of its steps, to the byte. Offsets count Unicode
code points of one step's text, from 0. How text becomes steps is in `app.core.fences`; how paths
are cut and joined is in `app.core.splice`.
"""

from collections.abc import Iterable
from typing import Any, Literal, Protocol, Self

from pydantic import Field

from app.core.language import N_
from app.core.model import Frozen

StepKind = Literal["thought", "code", "output", "hint", "answer"]
Author = Literal["reasoner", "sandbox", "intervener", "human"]
Mark = Literal["forged", "imported", "refused"]
Outcome = Literal[
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
OUTCOMES: dict[Outcome, str] = {
    "answered": N_("ended with an answer"),
    "unanswered": N_("ended without an answer"),
    "code_limit": N_("stopped: all code calls were used"),
    "length_limit": N_("stopped: the token limit was reached"),
    "repetition": N_("stopped: the model repeated itself"),
    "empty_reply": N_("the model returned nothing"),
    "no_recording": N_("nothing was recorded for this continuation"),
    "spending_cap": N_("stopped: the project's spending cap is reached"),
    "model_error": N_("the model could not be reached or failed"),
    "sandbox_error": N_("the sandbox could not execute the code"),
    "cancelled": N_("stopped by a person"),
    "imported": N_("came finished from a file"),
}
FAILURES: frozenset[Outcome] = frozenset(
    {"empty_reply", "no_recording", "spending_cap", "model_error", "sandbox_error", "cancelled"}
)
"""Outcomes after which a branch can be tried again: the model was not heard to its end."""


class Step(Frozen):
    """One piece of a trace.

    `text` holds everything, fences included. `token_ids` are the server's own, where it gave them;
    `tokens` is their count by the Reasoner's tokenizer, None where no tokenizer was at hand. A mark
    says what the text alone would hide: an output fence that no sandbox wrote (`forged`), or an
    output that came with an imported file (`imported`), or the
    sandbox's word that it did not execute a program (`refused`).
    """

    kind: StepKind
    author: Author
    text: str
    token_ids: tuple[int, ...] | None = None
    tokens: int | None = Field(default=None, ge=0)
    mark: Mark | None = None

    def changed(self, **fields: Any) -> Self:
        """A copy with other values in these fields."""
        return self.model_copy(update=fields)


class StepLike(Protocol):
    """What cutting, counting and masking ask of a step: a `Step`, or a lighter tuple like one."""

    @property
    def kind(self) -> StepKind: ...
    @property
    def author(self) -> Author: ...
    @property
    def text(self) -> str: ...
    @property
    def tokens(self) -> int | None: ...
    def changed(self, **fields: Any) -> Self: ...


class Cut(Frozen):
    """A place in a path: before character `offset` of step `step`, both counted from 0.

    `step == len(path)` with offset 0 is the end of the path.
    """

    step: int = Field(ge=0)
    offset: int = Field(default=0, ge=0)


def text_of(steps: Iterable[StepLike]) -> str:
    """The text of a path, to the byte."""
    return "".join(step.text for step in steps)
