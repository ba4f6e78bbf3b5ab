"""Where numbers come from: those of the problem that nothing uses, those of the model from nowhere.

Both need a problem that gives its data in its text; where few of its numbers are used at all, the
program has them from elsewhere, and nothing is said.
"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Literal, NamedTuple

from app.core.number_words import number_words
from app.core.numbers import Quantity, quantities
from app.core.solved import SolvedModel
from app.detectors.data import bound_at, must_be_used
from app.detectors.finding import Spot
from app.detectors.numbers import (
    MOST_COMBINED,
    among,
    derived_from,
    literals_in,
    rounded,
    values_in,
)
from app.detectors.reading import Reading, once
from app.detectors.text import lines

_COMMAS = re.compile(r"\d,\d{1,2}(?!\d)")
"""Decimal commas, which are read as two numbers."""
_MOST_MISSING = 3
_MOST_LOOKED_AT = 12
_FEWEST_USED = 4
_MOST_FOREIGN = 3
_LARGE = 10_000
_Where = Literal["objective", "row"]


class Foreign(NamedTuple):
    """A number of the model as solved that comes from nowhere."""

    where: _Where
    spot: Spot


@once
def missing_limits(reading: Reading) -> tuple[Quantity, ...]:
    """A few limits of the problem that the programs use nowhere; none where many are missing."""
    program = reading.solving
    if not program or _COMMAS.search(reading.case.problem.question):
        return ()
    used = _written(reading)
    asked = must_be_used(reading)
    missing = [it for it in asked if not among(it, used)]
    if 0 < len(missing) <= _MOST_LOOKED_AT:
        used |= _worked_out(reading, missing, used)
        missing = [it for it in missing if not among(it, used) and not _worked_in(it, asked, used)]
    limits = [it for it in missing if bound_at(reading.case.problem.question, it)]
    few = len({it.value for it in limits}) <= _MOST_MISSING
    return tuple(limits) if few and len(asked) - len(missing) >= _FEWEST_USED else ()


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


def _worked_in(one: Quantity, asked: Sequence[Quantity], used: frozenset[Decimal]) -> bool:
    """Whether a program has what the number and another of the problem make: a margin, a total."""
    made = ((one.value + it.value, abs(one.value - it.value)) for it in asked if it != one)
    return any(value > 2 and value in used for values in made for value in values)


@once
def foreign_numbers(reading: Reading) -> tuple[Foreign, ...]:
    """The first coefficients or sides of the model that nothing gives; none where many are."""
    few = not 3 < len(reading.asked) <= MOST_COMBINED
    if few or not reading.model or _COMMAS.search(reading.case.problem.question):
        return ()
    places = _written_places(reading)
    left = {value for _, value in places if not _is_structure(value)} - _derived(reading)
    left -= _said(reading, left)
    if not 0 < len(left) <= _MOST_FOREIGN:
        return ()
    return tuple(_foreign(reading, *place) for place in places if place[1] in left)


def _foreign(reading: Reading, where: _Where, value: Decimal) -> Foreign:
    assert reading.solving
    step, name = reading.solving.step, f"{value.normalize():f}"
    note = f"{name} in the {where} of the model as solved is neither given nor derived."
    span = place_of(reading.path[step].text, name)
    return Foreign(where, Spot(step, *span, note, {"number": name}))


def _derived(reading: Reading) -> frozenset[Decimal]:
    """The numbers of the problem, and what they make."""
    given = {part for it in reading.asked for part in (abs(it.value), *it.parts)}
    return derived_from(
        given | {word.value for word in number_words(reading.case.problem.question)}
    )


def _said(reading: Reading, wanted: set[Decimal]) -> frozenset[Decimal]:
    """Which of these numbers the thinking before the program has; read backwards, till all are."""
    step = reading.solving.step if reading.solving else 0
    found: set[Decimal] = set()
    for _, text in reversed(list(reading.said_before(step))):
        if wanted <= found:
            break
        found |= wanted & set(map(rounded, values_in(text)))
    return frozenset(found)


def _is_structure(value: Decimal) -> bool:
    """Small whole numbers are the structure of a model, large round ones its big M."""
    return value <= 2 or (value >= _LARGE and value % 1000 == 0)


def _written_places(reading: Reading) -> dict[tuple[_Where, Decimal], None]:
    """The numbers of the model as solved that its program writes out, each once a place."""
    if not reading.solving or not reading.model:
        return {}
    written = {rounded(it) for it in literals_in(reading.solving.source)}
    return dict.fromkeys(it for it in _places(reading.model) if it[1] in written)


def _places(model: SolvedModel) -> Iterator[tuple[_Where, Decimal]]:
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
