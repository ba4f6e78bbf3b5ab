"""Whether an answer is the reference: the rule `strict`.

An answer is right if |d| ≤ max(1e-6·|ref|, t), where t is half a unit of the reference's last
printed digit if it has a fraction that is not all zeros, else 1e-9. Both bounds can be set for a
problem. A bare number equals it with the unit that was asked for, so that `60` is right for a
reference printed as `60%`; other units are not converted.
"""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from app.core.answer.given import Answer
from app.core.answer.reference import Reference
from app.core.language import N_
from app.core.model import Frozen
from app.core.numbers import EXACT, Quantity

Bound = Annotated[Decimal, Field(ge=0, allow_inf_nan=False)]
_SLACK = Decimal("1e-9")
_HALF = Decimal("0.5")
_OUTCOMES = {
    "infeasible": N_("infeasible"),
    "unbounded": N_("unbounded"),
    "no-optimum": N_("without an optimum"),
}


class Tolerance(Frozen):
    """How far an answer may be from the reference: the larger of `relative`·|ref| and `absolute`.

    Where `absolute` is None it comes from the reference's last printed digit.
    """

    relative: Bound = Decimal("1e-6")
    absolute: Bound | None = None


STRICT = Tolerance()


class Grade(Frozen):
    """`correct` is None where the reference is unknown; `reason` is for people."""

    correct: bool | None
    reason: str
    rule: str = "strict"


def grade(answer: Answer | None, reference: Reference, tolerance: Tolerance | None = None) -> Grade:
    """Grade an answer, None where the path gave none."""
    rule = "strict" if tolerance is None or tolerance == STRICT else "strict, own tolerance"
    correct, reason = _judge(answer, reference, tolerance or STRICT)
    return Grade(correct=correct, reason=reason, rule=rule)


def _judge(
    answer: Answer | None, reference: Reference, tolerance: Tolerance
) -> tuple[bool | None, str]:
    if reference.kind == "unknown":
        return None, "the reference is unknown"
    if answer is None:
        return False, "no answer in a box"
    if answer.kind == "text":
        return False, "the answer is not one number"
    if answer.value is None:
        return _judge_outcome(answer, reference)
    if reference.kind != "number":
        return False, f"gives a number, but the problem is {_OUTCOMES[reference.kind]}"
    return _judge_number(answer.value, answer.percent, reference, tolerance)


def _judge_outcome(answer: Answer, reference: Reference) -> tuple[bool, str]:
    said = _OUTCOMES[answer.kind]
    if reference.kind == "number":
        return False, f"says {said}, but the reference is {_shown(reference.quantities[0])}"
    if reference.kind in (answer.kind, "no-optimum"):
        return True, f"says {said}, as the reference does"
    return False, f"says {said}, but the problem is {_OUTCOMES[reference.kind]}"


def _judge_number(
    value: Decimal, percent: bool, reference: Reference, tolerance: Tolerance
) -> tuple[bool, str]:
    compared = [
        (_distance(reading, accepted), accepted)
        for accepted in reference.quantities
        for reading in _readings(value, percent, accepted)
    ]
    for distance, accepted in compared:
        if distance <= _allowed(accepted, tolerance):
            return True, f"equals {_shown(accepted)}"
    distance, nearest = min(compared, key=lambda pair: pair[0])
    return False, f"differs from {_shown(nearest)} by {_relative(distance, nearest)}"


def _readings(value: Decimal, percent: bool, accepted: Quantity) -> tuple[Decimal, ...]:
    if accepted.percent and not percent:
        return value, EXACT.divide(value, Decimal(100))
    return (value,)


def _distance(value: Decimal, accepted: Quantity) -> Decimal:
    return EXACT.abs(EXACT.subtract(value, accepted.value))


def _allowed(accepted: Quantity, tolerance: Tolerance) -> Decimal:
    absolute = tolerance.absolute
    if absolute is None:
        absolute = _SLACK if accepted.digit is None else EXACT.multiply(_HALF, accepted.digit)
    relative = EXACT.multiply(tolerance.relative, EXACT.abs(accepted.value))
    return max(relative, absolute)


def _relative(distance: Decimal, accepted: Quantity) -> str:
    if not accepted.value:
        return f"{distance:.3g}"
    share = EXACT.divide(distance, EXACT.abs(accepted.value)) * 100
    return f"{share:.2g}%" if share < 10 or share >= 10**6 else f"{share:,.0f}%"


def _shown(accepted: Quantity) -> str:
    """The accepted number without zeros that say nothing: 1160.0 is 1160."""
    value = accepted.value * 100 if accepted.percent else accepted.value
    whole = value == value.to_integral_value(context=EXACT) and abs(value) < 10**15
    text = f"{value:.0f}" if whole else f"{value.normalize(EXACT):.16g}"
    return f"{text}%" if accepted.percent else text
