"""The problem's prices, and which of them the model as solved has.

A price counts as had where a coefficient is it, it times a number that stands beside it in the
problem, or either of them with another price, or a number that was worked out, added or taken off.
"""

from collections.abc import Iterator
from decimal import Decimal

from app.core.numbers import Quantity, quantities
from app.detectors.data import is_money, is_price, must_be_used
from app.detectors.numbers import MOST_COMBINED, SCALES, literals_in, rounded, values_in
from app.detectors.reading import Reading, once
from app.detectors.text import lines

_BESIDE = 3
"""How many numbers of the problem before and behind a price may be what it is paid for."""
_LAST = 20_000
"""Characters in which a coefficient may have been worked out."""


@once
def prices_of(reading: Reading) -> tuple[Quantity, ...]:
    """The numbers of the problem that are money or what one thing costs or earns."""
    question = reading.case.problem.question
    data = (it for it in must_be_used(reading) if is_price(question, it))
    small = (it for it in reading.asked if 0 < it.value <= 2 and is_money(question, it))
    return (*data, *small)


@once
def prices_not_solved(reading: Reading) -> tuple[Quantity, ...]:
    """Those that the model as solved does not have, or where none is known the programs.

    None where there are many: then nearly any number is made of some two.
    """
    prices = prices_of(reading)
    if max(len(prices), len(_costs(reading))) > MOST_COMBINED:
        return ()
    rests = frozenset(abs(it.value) for it in prices)
    missing = [it for it in prices if not _is_had(reading, it, rests)]
    rests |= _worked_out(reading) if missing else frozenset()
    return tuple(it for it in missing if not _is_had(reading, it, rests))


def is_written(reading: Reading, price: Quantity) -> bool:
    """Whether a program has it, or the Reasoner's words before the last that solves."""
    wanted = {price.value, *price.parts}
    if any(not wanted.isdisjoint(literals_in(it.source)) for it in reading.programs):
        return True
    digits = f"{price.parts[0].normalize():f}" if price.parts else f"{price.value.normalize():f}"
    return any(
        not wanted.isdisjoint((abs(it.value), *it.parts))
        for _, text in reading.said_before(reading.solving.step if reading.solving else 0)
        if digits in text.replace(",", "")
        for _, line in lines(text)
        if digits in line.replace(",", "")
        for it in quantities(line)
    )


@once
def _worked_out(reading: Reading) -> frozenset[Decimal]:
    """The numbers that the last words before the program have and the problem does not."""
    step = reading.solving.step if reading.solving else 0
    last = next((text for _, text in reversed(list(reading.said_before(step)))), "")
    return frozenset(values_in(last[-_LAST:])) - {abs(it.value) for it in reading.asked}


def _is_had(reading: Reading, price: Quantity, rests: frozenset[Decimal]) -> bool:
    own, costs = rounded(price.value), _costs(reading)
    alone = {rounded(own * scale) for scale in SCALES}
    made = alone | {rounded(own * it) for it in _beside(reading, price)}
    if not alone.isdisjoint(_coefficients(reading)) or not made.isdisjoint(costs):
        return True
    ends = (rounded(end) for cost in costs for it in made for end in (cost - it, cost + it))
    return not (rests - {own}).isdisjoint(ends)


def _beside(reading: Reading, price: Quantity) -> Iterator[Decimal]:
    """The numbers that stand just before and behind a price."""
    at = reading.asked.index(price)
    for it in reading.asked[max(at - _BESIDE, 0) : at + _BESIDE + 1]:
        if it != price:
            yield abs(it.value)
            if it.percent:
                yield abs(1 - it.value)


@once
def _costs(reading: Reading) -> frozenset[Decimal]:
    """The coefficients of the objective with its constant; else the numbers of the programs."""
    model = reading.model
    if not model:
        return frozenset(it for each in reading.programs for it in literals_in(each.source))
    values = (model.constant, *(value for _, value in model.objective))
    return frozenset(rounded(Decimal(repr(value))) for value in values)


@once
def _coefficients(reading: Reading) -> frozenset[Decimal]:
    """Those of the rows as well."""
    rows = reading.model.rows if reading.model else ()
    values = (value for row in rows for _, value in row.terms)
    return _costs(reading) | {rounded(Decimal(repr(value))) for value in values}
