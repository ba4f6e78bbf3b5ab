"""Whether a hint gives the answer away (DESIGN, section 3).

It compares numbers in one form each, whatever they are written in, and knows nothing of what the
words mean: a hint that spells out the way to the answer without a number passes.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

from app.core.answer import Reference
from app.core.answer.reading import mentions_outcome
from app.core.language import _
from app.core.numbers import EXACT, numbers_in, readings_in
from app.core.written_numbers import in_digits, spelled_in

_RELATIVE = Decimal("1e-6")
_ZERO = Decimal(0)
_NAME = re.compile(r"\w*[0-9]\w*")
_PRONOUN = re.compile(r"(?<!ty[ -])(?<!and )\bone\b(?! point)", re.IGNORECASE)
"""`one more`, `each one`: no number from nowhere. As the reference it counts all the same."""
_ENDS = re.compile(
    r"\bempty\b.{0,40}\bfeasible|\bfeasible\b.{0,40}\bempty\b"
    r"|\bwithout (?:an? )?(?:\w+ )?(?:limit|bound)|\bno (?:\w+ )?(?:limit|bound)"
    r"|\bcan(?:no|')t (?:all |both )?(?:hold|be met|be satisfied)",
    re.IGNORECASE | re.DOTALL,
)
"""Other words for how a problem without an optimum ends."""


def leaks(words: str, problem_text: str, path_text: str, reference: Reference) -> str | None:
    """Why a hint's words give the answer away, or None where they don't.

    No reference may be in them that is not already in the problem, and no number that is neither in
    the problem nor in the trace.
    """
    asked, stated = _known(problem_text), numbers_in(in_digits(words))
    hidden = {*spelled_in(words), *_in_names(words, problem_text, path_text)}
    if _names_reference((readings_in(words) | stated | hidden) - asked, reference):
        return _("The hint gives the reference away.")
    if reference.kind not in ("number", "unknown") and _says_how_it_ends(words):
        return _("The hint says how the problem ends.")
    foreign = numbers_in(in_digits(_PRONOUN.sub("a", words))) - asked - _known(path_text)
    if foreign:
        return _(
            "The number %(number)s is neither in the problem nor in the trace.",
            number=format(min(foreign), "f"),
        )
    return None


def _known(text: str) -> frozenset[Decimal]:
    """Every number that a text can be read to hold."""
    return readings_in(text) | readings_in(in_digits(text))


def _in_names(words: str, problem_text: str, path_text: str) -> Iterator[Decimal]:
    """Digits in words that stand neither in the problem nor in the trace: `Z340` is no variable."""
    for name in _NAME.findall(words):
        if name not in problem_text and name not in path_text:
            yield from map(Decimal, re.findall("[0-9]+", name))


def _says_how_it_ends(words: str) -> bool:
    return mentions_outcome(words) or _ENDS.search(words) is not None


def _names_reference(hinted: frozenset[Decimal], reference: Reference) -> bool:
    """Whether one of the numbers, none signed, is an accepted one as far as it is printed."""
    return any(
        _close(number, accepted.value.copy_abs(), accepted.digit)
        or (accepted.percent and _close(number, accepted.value.copy_abs() * 100, None))
        for accepted in reference.quantities
        for number in hinted
    )


def _close(number: Decimal, accepted: Decimal, digit: Decimal | None) -> bool:
    distance = EXACT.abs(EXACT.subtract(number, accepted))
    return distance <= max(EXACT.multiply(accepted, _RELATIVE), digit or _ZERO)
