"""How much of a path is intervention: at most five hints, and the share of their tokens.

The share is hint tokens over hint and Reasoner tokens of the path; the prompt and the outputs are
left out. The paper stays under 2.6% (CALM, arXiv 2510.04204). Counted with the Reasoner's tokenizer
where steps carry its counts, else estimated, and then `exact` is False.
"""

from collections.abc import Sequence

from app.core.model import Frozen
from app.core.trace import StepLike

MAX_HINTS = 5
MAX_SHARE = 0.026
_BYTES_PER_TOKEN = 4


class Budget(Frozen):
    """`hints` of at most `max_hints`; `hint_tokens` of `tokens`, a `share` from 0 to 1."""

    hints: int
    max_hints: int
    hint_tokens: int
    tokens: int
    exact: bool

    @property
    def share(self) -> float:
        """Hint tokens over all counted tokens; 0 for an empty path."""
        return self.hint_tokens / self.tokens if self.tokens else 0.0

    @property
    def spent(self) -> bool:
        """Whether no further hint fits."""
        return self.hints >= self.max_hints


def measure(path: Sequence[StepLike], max_hints: int = MAX_HINTS) -> Budget:
    """The budget of a path. `max_hints` can lower the method's limit of five, never raise it."""
    counted = [step for step in path if step.kind != "output"]
    hints = [step for step in counted if step.kind == "hint"]
    return Budget(
        hints=len(hints),
        max_hints=min(max_hints, MAX_HINTS),
        hint_tokens=sum(map(tokens_of, hints)),
        tokens=sum(map(tokens_of, counted)),
        exact=all(step.tokens is not None for step in counted),
    )


def reasoner_tokens(path: Sequence[StepLike]) -> int:
    """How many tokens the Reasoner wrote of these steps."""
    return sum(tokens_of(step) for step in path if step.author == "reasoner")


def tokens_of(step: StepLike) -> int:
    """A step's tokens: counted where they were, else estimated."""
    return step.tokens if step.tokens is not None else tokens_in(step.text)


def tokens_in(text: str) -> int:
    """An estimate of a text's tokens: one for every four bytes, rounded up."""
    return -(-len(text.encode("utf-8", "replace")) // _BYTES_PER_TOKEN)
