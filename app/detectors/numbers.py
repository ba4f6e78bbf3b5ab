"""Whether one number is another, as people write, round and convert them."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from decimal import Context, Decimal
from itertools import combinations

from app.core.numbers import EXACT, Quantity, quantities

_NINE = Context(prec=9, traps=[])
_NEAR = Decimal("0.005")
SCALES = tuple(map(Decimal, ("1", "100", "0.01", "1000", "0.001", "1000000", "0.000001")))
_FACTORS = tuple(
    map(
        Decimal,
        ("1", "100", "0.01", "1000", "0.001", "60", "7", "12", "24", "1000000"),
    )
)
_LITERAL = re.compile(r"(?<![\w.])(?:\d[\d_]{0,30}(?:\.\d{0,30})?|\.\d{1,30})(?:[eE][-+]?\d{1,2})?")
MOST_COMBINED = 60
"""Numbers of a problem; with more, some two of them make nearly any other."""


def same(given: Decimal, number: Decimal) -> bool:
    """Whether the one is the other, give or take rounding to two digits and a decimal unit.

    Both without signs.
    """
    near = _near(given)
    return any(abs(given - number * scale) <= near for scale in SCALES)


def one_is(given: Decimal, numbers: Sequence[Decimal]) -> bool:
    """Whether one of these numbers, which rise, is the same as the given one."""
    near = _near(given)
    for scale in SCALES:
        at = bisect_left(numbers, (given - near) / scale)
        if at < len(numbers) and numbers[at] * scale <= given + near:
            return True
    return False


def _near(given: Decimal) -> Decimal:
    return max(_NEAR, given * _NEAR / 10)


def values_in(text: str) -> Iterator[Decimal]:
    """The numbers of a text in digits, without their signs."""
    return (abs(quantity.value) for quantity in quantities(text))


def literals_in(source: str) -> frozenset[Decimal]:
    """The numbers of a program, without their signs."""
    found = (Decimal(it.replace("_", "")) for it in _LITERAL.findall(source))
    return frozenset(EXACT.plus(it) for it in found if it.is_finite())


def among(quantity: Quantity, used: frozenset[Decimal]) -> bool:
    """Whether a number of a problem is used: itself, its digits, or it in another unit."""
    readings = (quantity.value, *quantity.parts)
    return any(value * factor in used for value in readings for factor in _FACTORS) or any(
        1 - value in used for value in readings if value < 1
    )


def derived_from(numbers: Iterable[Decimal]) -> frozenset[Decimal]:
    """The numbers, each in other units, and what two of them make by one operation.

    Rounded to 9 digits, so that floats can be looked up with `rounded`.
    """
    known = set(numbers)
    made = {value * factor for value in known for factor in _FACTORS} | {1 - it for it in known}
    made |= {1 / it for it in known if it} | {1 + it for it in known}
    if len(known) <= MOST_COMBINED:
        for one, other in combinations(known, 2):
            made |= {one + other, one - other, one * other}
            made |= {one / other if other else one, other / one if one else other}
    return frozenset(rounded(it) for it in made)


def rounded(value: Decimal) -> Decimal:
    """A number without its sign, to 9 digits."""
    return abs(value).normalize(_NINE)
