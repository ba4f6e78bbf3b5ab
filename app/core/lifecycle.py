"""What may happen to a trace, and why not: every refusal is a sentence for a person.

Promises: pure; the same facts give the same answer in the page (a disabled button with its reason)
and in the action (an error with the same words).
"""

from collections.abc import Sequence
from typing import Literal

from app.core.answer import Grade, Reference
from app.core.answer.reasons import reason_words
from app.core.budget import MAX_SHARE, Budget, measure
from app.core.fences import THINK_END, THINK_START
from app.core.language import _, number
from app.core.leak import leaks
from app.core.proposal import MAX_WORDS
from app.core.splice import cut_refusal
from app.core.trace import FAILURES, Cut, Outcome, Step, text_of

VerdictDecision = Literal["golden", "discard", "unsure"]
Withdrawal = Literal["undone", "reopened", "reference"]
"""How a verdict was taken back: by its giver, by somebody with a reason, by a changed reference."""
TraceState = Literal["waiting", "review", "golden", "discarded", "unsure", "failed"]
STATE_AFTER: dict[VerdictDecision, TraceState] = {
    "golden": "golden",
    "discard": "discarded",
    "unsure": "unsure",
}
SETTLED: tuple[TraceState, ...] = tuple(STATE_AFTER.values())
"""The states of a trace that was decided."""

_MARKS = ("```", THINK_START, THINK_END, "\\boxed")


def hint_refusal(
    path: Sequence[Step],
    cut: Cut,
    words: str,
    *,
    question: str,
    reference: Reference,
    max_hints: int,
    share_blocks: bool = False,
) -> str | None:
    """Why these words can't become a hint at this cut, or None where they can."""
    if not words.strip():
        return _("A hint needs words.")
    if len(words) > MAX_WORDS:
        return _("A hint has at most %(most)s characters.", most=number(MAX_WORDS))
    if any(mark in words for mark in _MARKS):
        return _(
            "A hint is a thought: it can't open a fence, begin or end thinking or box an answer."
        )
    reason = cut_refusal(path, cut)
    if reason:
        return reason
    budget = measure(path[: cut.step], max_hints)
    if budget.spent:
        return _("The budget of %(most)s hints on this path is spent.", most=budget.max_hints)
    leak = leaks(words, question, text_of(path), reference)
    if leak:
        return leak
    return _share_refusal(path, cut, words) if share_blocks else None


def _share_refusal(path: Sequence[Step], cut: Cut, words: str) -> str | None:
    """How long the path will be is not known yet: it is taken to be as long as this one.

    Hints behind the cut are left with it, and count no more.
    """
    kept = [step for at, step in enumerate(path) if at < cut.step or step.kind != "hint"]
    share = measure((*kept, Step(kind="hint", author="human", text=words))).share
    if share <= MAX_SHARE:
        return None
    return _(
        "This project keeps hints under %(most)s of the tokens; this would be %(share)s.",
        most=format(MAX_SHARE, ".1%"),
        share=format(share, ".1%"),
    )


def golden_refusal(
    *,
    closed: bool,
    outcome: Outcome | None,
    grade: Grade,
    open_proposals: int,
    budget: Budget,
    share_blocks: bool = False,
) -> str | None:
    """Why a branch can't be called golden, or None where it can."""
    if not closed:
        return _("The Reasoner is still writing.")
    if outcome in FAILURES:
        return _("The branch ended in a failure.")
    if grade.correct is None:
        return _("The reference is unknown: record one first.")
    if not grade.correct:
        return _("The final answer is wrong: %(reason)s.", reason=reason_words(grade.reason))
    if open_proposals:
        return (
            f"{open_proposals} proposed hint{'s are' if open_proposals > 1 else ' is'} still open."
        )
    if budget.hints > budget.max_hints:
        return _("The path holds more than %(most)s hints.", most=budget.max_hints)
    if share_blocks and budget.share > MAX_SHARE:
        return _(
            "Hints are %(share)s of the tokens; this project allows %(most)s.",
            share=format(budget.share, ".1%"),
            most=format(MAX_SHARE, ".1%"),
        )
    return None
