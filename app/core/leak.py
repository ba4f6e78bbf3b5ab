"""Whether a hint gives the answer away (DESIGN, section 3).

It compares numbers in one form each, and knows nothing of what the words mean: a hint that spells
out the way to the answer without a number passes.
"""

from decimal import Decimal

from app.core.answer import Reference
from app.core.answer.reading import mentions_outcome
from app.core.numbers import EXACT, numbers_in, readings_in

_RELATIVE = Decimal("1e-6")
_ZERO = Decimal(0)


def leaks(words: str, problem_text: str, path_text: str, reference: Reference) -> str | None:
    """Why a hint's words give the answer away, or None where they don't.

    No reference may be in them that is not already in the problem, and no number that is neither in
    the problem nor in the trace.
    """
    asked = readings_in(problem_text)
    if _names_reference(readings_in(words) - asked, reference):
        return "The hint gives the reference away."
    if reference.kind not in ("number", "unknown") and mentions_outcome(words):
        return "The hint says how the problem ends."
    foreign = numbers_in(words) - asked - readings_in(path_text)
    if foreign:
        return f"The number {min(foreign):f} is neither in the problem nor in the trace."
    return None


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
