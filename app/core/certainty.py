"""How far what machines found of a trace settles what a person would decide, and who disagrees.

Both are this project's own rules, told in docs/queue.md. Promises: pure.
"""

from collections.abc import Sequence

from app.core.lifecycle import VerdictDecision
from app.core.model import Frozen
from app.core.trace import FAILURES, Outcome
from app.core.trials import Tally

_CONTRADICTION = 0.5
"""The doubt that a right answer and an open hint make between them."""


class OpenHint(Frozen):
    """A hint that waits: what its source says of its own certainty, and how trials of it ended."""

    confidence: float | None
    tried: Tally = Tally()


class Said(Frozen):
    """A person's verdict that they stand by; `reopened` where somebody else took it back."""

    person: int
    decision: VerdictDecision
    reopened: bool = False


def certainty(outcome: Outcome | None, correct: bool | None, hints: Sequence[OpenHint]) -> int:
    """From 0, nothing is settled, to 100: there is nothing to decide, or only to look over.

    The largest doubt counts: of a hint, how near its confidence is to even odds, and how evenly its
    trials ended right and wrong; of an answer that is not known to be right, all where no hint says
    why. `correct` is the branch's grade.
    """
    if outcome is None or outcome in FAILURES:
        return 100
    if not hints:
        return 100 if correct else 0
    doubts = [doubt for hint in hints for doubt in (_unsure(hint.confidence), _split(hint.tried))]
    return round(100 * (1 - max([*doubts, _CONTRADICTION if correct else 0])))


def disputed(said: Sequence[Said], standing: bool) -> bool:
    """Whether people disagree: their last verdicts differ, or one was reopened and none `standing`.

    `said` is in order; a verdict that its own author took back is not in it.
    """
    last = {each.person: each for each in said}
    reopened = any(each.reopened for each in last.values())
    return len({each.decision for each in last.values()}) > 1 or (reopened and not standing)


def _unsure(confidence: float | None) -> float:
    return 1.0 if confidence is None else 1 - abs(2 * confidence - 1)


def _split(tried: Tally) -> float:
    graded = tried.right + tried.wrong
    share = tried.right / graded if graded else 0
    return 4 * share * (1 - share)
