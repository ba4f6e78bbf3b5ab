"""Numbers in running text: every way a person or a model writes one, as one exact value.

Promises: `quantities` gives the numbers written in digits, in order, with signs, currency signs,
separators, fractions, powers of ten and percentages read; `numbers_in` adds those written as words
and drops the signs, so that two texts can be compared. Both take linear time and never raise.

The point is the decimal mark; commas and spaces are only read between groups of three digits.
`1.234,5` is therefore two numbers, because nothing says which habit its writer had. Digits that
belong to a name (`x1`, `x_2`, `CO2`) are no numbers. Digits of any script are read. Units are not
looked at.
"""

import re
from collections.abc import Iterator
from decimal import Context, Decimal
from typing import NamedTuple

from app.core.number_words import number_words

EXACT = Context(prec=60, traps=[])
"""Arithmetic on what people write; it never raises, so callers check `is_finite`."""

_COMPARED = Context(prec=12, traps=[])
_GROUPED = r"[0-9]{1,3}(?:(?:,[0-9]{3})+|(?:\ [0-9]{3})+)(?![0-9])"
_DIGITS = rf"(?:(?:{_GROUPED}|[0-9]+)(?:\.[0-9]*)?|\.[0-9]+)"
_RAISED = r"\s?(?:\^|\*\*)\s?\(?(?P<{}>[+-]?[0-9]{{1,3}})(?![0-9])\)?"
_QUANTITY = re.compile(
    rf"""
    (?<![A-Za-z0-9_.])
    (?P<sign>[+-]?) \s? [$€£¥₹]? \s? (?P<inner_sign>[+-]?)
    (?<![A-Za-z0-9_.])
    (?: 10 {_RAISED.format("power")}
      | (?: (?P<whole>[0-9]{{1,9}}) \s (?=[0-9]{{1,9}} \s? [/⁄]) )?
        (?P<digits>{_DIGITS})
        (?: [eE] (?P<exponent>[+-]?[0-9]{{1,3}}) (?![0-9])
          | \s? [×·*x] \s? 10 {_RAISED.format("scale")} )?
        (?: \s? [/⁄] \s? (?P<divisor>{_DIGITS}) )?
    )
    (?P<percent> \s? (?: % | percent\b | per\ cent\b ) )?
    """,
    re.VERBOSE,
)
_PART = re.compile("[0-9]+(?:[.][0-9]+)?")
_SCRIPTS = {chr(at): str(int(chr(at))) for at in range(0x660, 0xFFFF) if chr(at).isdecimal()}
"""Digits of other scripts, and the wide ones of Chinese and Japanese text."""
_TYPOGRAPHY = str.maketrans(
    _SCRIPTS | dict(zip("−–﹣－．٫٬\u00a0\u2009\u202f\t\n", "----..,     ", strict=True))
)


class Quantity(NamedTuple):
    """One number of a text: `value` exact to 60 digits, a percentage divided by 100.

    `digit` is the worth of one in the last printed digit where the printed number has a fraction
    that is not all zeros, else None. `parts` are the numbers that its digits show one by one.
    """

    value: Decimal
    digit: Decimal | None
    percent: bool
    parts: tuple[Decimal, ...]
    start: int
    end: int


def quantities(text: str) -> Iterator[Quantity]:
    """The numbers that `text` has in digits, in order; offsets are those of `text`."""
    for match in _QUANTITY.finditer(text.translate(_TYPOGRAPHY)):
        quantity = _quantity(match)
        if quantity.value.is_finite():
            yield quantity


def numbers_in(text: str) -> frozenset[Decimal]:
    """The numbers of a text without their signs, in one form each: 60% is 0.6, a dozen is 12."""
    found = [EXACT.abs(quantity.value) for quantity in quantities(text)]
    return _comparable([*found, *(word.value for word in number_words(text))])


def readings_in(text: str) -> frozenset[Decimal]:
    """`numbers_in` and what else its digits show: `60%` 60 too, `1/3` 1 and 3, `[1,200]` 200."""
    return numbers_in(text) | _comparable(
        [part for quantity in quantities(text) for part in quantity.parts]
    )


def _comparable(numbers: list[Decimal]) -> frozenset[Decimal]:
    return frozenset(_COMPARED.plus(number) for number in numbers)


def _quantity(match: re.Match[str]) -> Quantity:
    digits = match[0].lstrip()
    if digits.isdigit() and len(digits) <= EXACT.prec:  # most are nothing else
        value = Decimal(digits)
        return Quantity(value, None, False, (value,), *match.span())
    return _marked(match)


def _marked(match: re.Match[str]) -> Quantity:
    """A number with any mark: a sign, a point, a separator, a percentage."""
    value, percent = _magnitude(match), match["percent"] is not None
    exponent = value.as_tuple().exponent
    digit = None
    if isinstance(exponent, int) and exponent < 0 and not match["divisor"]:
        printed_fraction = value != value.to_integral_value(context=EXACT)
        digit = Decimal(1).scaleb(exponent - 2 * percent) if printed_fraction else None
    if percent:
        value = EXACT.divide(value, Decimal(100))
    if "-" in match["sign"] + match["inner_sign"]:
        value = EXACT.minus(value)
    parts = tuple(Decimal(part) for part in _PART.findall(match[0]))
    return Quantity(value, digit, percent, parts, *match.span())


def _magnitude(match: re.Match[str]) -> Decimal:
    if match["power"]:
        return Decimal(1).scaleb(int(match["power"]))
    value = _decimal(match["digits"]).scaleb(
        int(match["exponent"] or match["scale"] or 0), context=EXACT
    )
    if match["divisor"]:
        value = EXACT.divide(value, _decimal(match["divisor"]))
    return EXACT.add(value, Decimal(match["whole"])) if match["whole"] else value


def _decimal(digits: str) -> Decimal:
    return Decimal(digits.replace(",", "").replace(" ", ""))
