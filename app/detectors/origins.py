"""Where numbers come from: those of the problem that nothing uses, those of the model from nowhere.

Both need a problem that gives its data in its text; where few of its numbers are used at all, the
program has them from elsewhere, and nothing is said.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Literal, NamedTuple

from app.core.number_words import number_words
from app.core.numbers import Quantity, quantities
from app.core.solved import SolvedModel
from app.detectors.finding import Spot
from app.detectors.numbers import (
    MOST_COMBINED,
    among,
    derived_from,
    literals_in,
    rounded,
    values_in,
)
from app.detectors.question import must_be_used
from app.detectors.reading import Reading, lines

_COMMAS = re.compile(r"\d,\d{1,2}(?!\d)")
"""Decimal commas, which are read as two numbers."""
_MOST_MISSING = 3
_MOST_LOOKED_AT = 12
_FEWEST_USED = 4
_MOST_FOREIGN = 3
_LARGE = 10_000


class Foreign(NamedTuple):
    """A number of the model as solved that comes from nowhere."""

    where: Literal["objective", "row"]
    spot: Spot


def missing_numbers(reading: Reading) -> list[Quantity]:
    """A few numbers of the problem that the programs use nowhere; none where many are missing."""
    program = reading.solving
    if not program or _COMMAS.search(reading.case.problem.question):
        return []
    used = _written(reading)
    asked = list(must_be_used(reading))
    missing = [it for it in asked if not among(it, used)]
    if 0 < len(missing) <= _MOST_LOOKED_AT:
        used |= _worked_out(reading, missing, used)
        missing = [it for it in missing if not among(it, used) and not _worked_in(it, asked, used)]
    values = {it.value for it in missing}
    if not 0 < len(values) <= _MOST_MISSING or len(asked) - len(missing) < _FEWEST_USED:
        return []
    return missing


def _written(reading: Reading) -> frozenset[Decimal]:
    """The numbers of the programs and of the model as solved."""
    used: set[Decimal] = set()
    for program in reading.programs:
        used |= literals_in(program.source)
    if reading.model:
        used |= {rounded(it) for it in _numbers_of(reading.model)}
    return frozenset(used)


def _worked_out(
    reading: Reading, missing: list[Quantity], used: frozenset[Decimal]
) -> frozenset[Decimal]:
    """The numbers of lines that work a used number out of one that seems to be missing."""
    step = reading.solving.step if reading.solving else 0
    digits = {f"{part.normalize():f}" for it in missing for part in it.parts}
    made: set[Decimal] = set()
    for _, text in reading.said_before(step):
        for _, line in lines(text):
            if ("=" in line or "≈" in line) and any(it in line for it in digits):
                told = {part for it in quantities(line) for part in (abs(it.value), *it.parts)}
                made |= told if len(told) > 1 and told & used else set()
    return frozenset(made)


def _worked_in(one: Quantity, asked: list[Quantity], used: frozenset[Decimal]) -> bool:
    """Whether a program has what the number and another of the problem make: a margin, a total."""
    made = ((one.value + it.value, abs(one.value - it.value)) for it in asked if it != one)
    return any(value > 2 and value in used for values in made for value in values)


def foreign_numbers(reading: Reading) -> Iterator[Foreign]:
    """The first coefficients or sides of the model that nothing gives; none where many are."""
    program, model = reading.solving, reading.model
    few = not 3 < len(reading.asked) <= MOST_COMBINED
    if not program or not model or few or _COMMAS.search(reading.case.problem.question):
        return
    known = _known(reading)
    written = {rounded(it) for it in literals_in(program.source)}
    places = dict.fromkeys(it for it in _places(model) if it[1] in written)
    found = [it for it in places if _is_foreign(it[1], known)]
    if not 0 < len({value for _, value in found}) <= _MOST_FOREIGN:
        return
    for where, value in found:
        name = f"{value.normalize():f}"
        note = f"{name} in the {where} of the model as solved is neither given nor derived."
        span = place_of(reading.path[program.step].text, name)
        spot = Spot(program.step, *span, note, {"number": name})
        yield Foreign(where, spot)


def _known(reading: Reading) -> frozenset[Decimal]:
    question = reading.case.problem.question
    given = {part for it in reading.asked for part in (abs(it.value), *it.parts)}
    step = reading.solving.step if reading.solving else 0
    said = {it for _, text in reading.said_before(step) for it in values_in(text)}
    given |= {word.value for word in number_words(question)}
    return derived_from(given) | frozenset(map(rounded, said))


def _is_foreign(value: Decimal, known: frozenset[Decimal]) -> bool:
    """Small whole numbers are the structure of a model, large round ones its big M."""
    if value <= 2 or value in known:
        return False
    return value < _LARGE or value != value.to_integral_value() or value % 1000 != 0


def _places(model: SolvedModel) -> Iterator[tuple[Literal["objective", "row"], Decimal]]:
    for _, value in model.objective:
        yield "objective", rounded(Decimal(repr(value)))
    for row in model.rows:
        sides = [it for it in (row.lower, row.upper) if it is not None]
        for value in (*sides, *(value for _, value in row.terms)):
            yield "row", rounded(Decimal(repr(value)))


def _numbers_of(model: SolvedModel) -> Iterator[Decimal]:
    yield from (value for _, value in _places(model))
    for variable in model.variables:
        for side in (variable.lower, variable.upper):
            if side is not None:
                yield rounded(Decimal(repr(side)))


def place_of(text: str, name: str) -> tuple[int, int]:
    """Where the program writes the number, else all of it."""
    at = text.find(name)
    return (at, at + len(name)) if at >= 0 else (0, len(text))
