"""Hints in words that the miniature's base has read, several for each thing that goes wrong.

Some are the templates of the project's own rules, so that a rule's hint is understood as it
stands; the others say the same more shortly. `{thing}` names the row that is meant.
"""

from random import Random
from typing import Literal

from app.prompts.hints import TEMPLATES

Slip = Literal[
    "by-hand",
    "pieces",
    "doubt",
    "split",
    "not-split",
    "sense",
    "costs",
    "row-missing",
    "row-turned",
    "drift",
]
"""What went wrong, finer than the taxonomy: each slip is of one flaw."""
FLAWS: dict[Slip, str] = {
    "by-hand": "manual-computation",
    "pieces": "fragmentary-code",
    "doubt": "distrust-of-results",
    "split": "wrong-variables",
    "not-split": "wrong-variables",
    "sense": "wrong-objective",
    "costs": "wrong-objective",
    "row-missing": "wrong-constraints",
    "row-turned": "wrong-constraints",
    "drift": "implementation-drift",
}
_RULES: dict[Slip, tuple[str, ...]] = {
    "by-hand": ("trial-by-hand", "said-by-hand", "no-program", "sums-by-hand"),
    "pieces": ("pieces-of-code", "model-not-solved", "hard-coded-answer", "search-by-loops"),
    "doubt": ("result-overridden", "worked-again", "answer-not-printed", "answer-not-objective"),
    "split": ("continuous-counted", "fraction-of-a-thing", "whole-not-integer"),
    "not-split": ("integer-divisible",),
    "drift": ("stated-not-solved", "integers-not-solved", "objective-not-as-stated"),
}
_OWN: dict[Slip, tuple[str, ...]] = {
    "by-hand": ("Let a solver do this.", "I should not try plans by hand. Let me write a program."),
    "pieces": ("This solves nothing. Let me write the whole model.",),
    "doubt": ("The solver is right. I take its result.", "No need to doubt the solver."),
    "split": (
        "Wait, are these whole or can they be split? Let me read that again.",
        "These can't be split. Let me choose the right kind of variables.",
    ),
    "not-split": (
        "Wait, are these whole or can they be split? Let me read that again.",
        "These can be split. Let me choose the right kind of variables.",
    ),
    "sense": (
        "Wait, is this to be large or small? Let me read the question again.",
        "Let me turn the sense round.",
    ),
    "costs": (
        "Wait, the numbers in the objective are mixed up. Let me read the problem again.",
        "Let me check the objective against the problem.",
    ),
    "row-missing": (
        "Wait, a limit is missing. Let me add it.",
        "I must not leave out the {thing}.",
    ),
    "row-turned": (
        "Wait, which way does this limit go? Let me read it again.",
        "Let me turn the row of the {thing} round.",
    ),
    "drift": (
        "My program is not the model that I stated. Let me correct it.",
        "The program leaves out the {thing}. Let me correct it and solve again.",
    ),
}


def phrases(slip: Slip) -> tuple[str, ...]:
    """All that the base has read for a slip, `{thing}` unfilled."""
    return _OWN[slip] + tuple(TEMPLATES[rule] for rule in _RULES.get(slip, ()))


def hint(slip: Slip, thing: str, rng: Random) -> str:
    """A hint for it, as a line of a trace."""
    return rng.choice(phrases(slip)).replace("{thing}", thing) + "\n"


def aside(rng: Random) -> str:
    """A sentence of the same words that says nothing."""
    words = " ".join(TEMPLATES.values()).replace(".", "").split()
    return " ".join(rng.sample(words, rng.randint(3, 12))).capitalize() + ".\n"
