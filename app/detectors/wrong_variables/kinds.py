"""Variables of the wrong kind: continuous where things are counted, integer where they are not."""

import re
from collections.abc import Iterator
from decimal import Decimal

from app.core.language import N_
from app.core.numbers import quantities
from app.detectors.answers import differs, is_right
from app.detectors.finding import Rule, Spot
from app.detectors.integrality import (
    declaration_in,
    divisible_optimum,
    says_integer,
    whole_optimum,
)
from app.detectors.programs import Program
from app.detectors.question import asks_whole, counts_things, names_amounts
from app.detectors.reading import Reading

FLAW = "wrong-variables"
_INTEGER = re.compile(r"integ|binar|bool|LpInteger|NewIntVar|\.I\b|\.B\b", re.IGNORECASE)
_VALUE = re.compile(r"^[^\n=:]{1,60}[=:][ \t]*(-?\d{1,15}\.\d{1,15})\b(?!%)", re.MULTILINE)
_MEANT = Decimal("0.001")


def _continuous(reading: Reading) -> Iterator[Spot]:
    """A model with continuous variables whose optimum in whole numbers is another.

    Where the reference is known, that optimum has to be right; else the problem has to count.
    """
    solved = reading.solving
    last = solved.examined[-1] if solved and solved.examined else None
    told = whole_optimum(last) if last else None
    if not solved or not told or says_integer(reading) or differs(reading):
        return
    right = is_right(reading, told.objective)
    if right or (right is None and _is_counted(reading)):
        span = declaration_in(reading.path[solved.step].text)
        yield Spot(solved.step, *span, f"{told.which} integer; {told.shown}.")


def _is_counted(reading: Reading) -> bool:
    question = reading.case.problem.question
    return counts_things(question) or not names_amounts(question)


def _indivisible(reading: Reading) -> Iterator[Spot]:
    """A model with integers whose optimum without them is the right answer."""
    solved = reading.solving
    last = solved.examined[-1] if solved and solved.examined else None
    told = divisible_optimum(last) if last else None
    if solved and told and not reading.case.correct and is_right(reading, told.objective):
        span = declaration_in(reading.path[solved.step].text)
        yield Spot(solved.step, *span, f"Variables are integer; {told.shown}.")


def _said_whole(reading: Reading) -> Iterator[Spot]:
    """The problem says that things are whole, and no variable of the model as solved is."""
    solved, model = reading.solving, reading.model
    said = asks_whole(reading.case.problem.question)
    if said and solved and model and not model.integers and not says_integer(reading):
        span = declaration_in(reading.path[solved.step].text)
        yield Spot(solved.step, *span, f"The problem says {said!r}; no variable is integer.")


def _fractions(reading: Reading) -> Iterator[Spot]:
    """A fractional value printed by a continuous model of a problem that counts."""
    last = reading.ran[-1] if reading.ran else None
    if last is None or not counts_things(reading.case.problem.question) or last.failed:
        return
    if not _without_integers(last) or last.output_step is None or _is_known_otherwise(reading):
        return
    printed_only = {reading.given, *reading.objectives}
    for start, end, value in _values(last.output):
        whole = value.to_integral_value()
        if abs(value - whole) > _MEANT and not any(_near(value, it) for it in printed_only):
            note = f"{value} of something that is counted; no variable of the program is integer."
            yield Spot(last.output_step, start, end, note)
            return


def _is_known_otherwise(reading: Reading) -> bool:
    """Whether the optimum in whole numbers is known, and known to be wrong."""
    last = reading.solving.examined[-1:] if reading.solving else ()
    told = whole_optimum(last[0]) if last and last[0] else None
    return told is not None and is_right(reading, told.objective) is False


def _near(value: Decimal, other: Decimal | None) -> bool:
    return other is not None and abs(abs(value) - other) <= _MEANT * max(Decimal(1), other)


def _without_integers(program: Program) -> bool:
    if program.model:
        return program.model.integers == 0
    return not _INTEGER.search(program.source)


def _values(output: str) -> Iterator[tuple[int, int, Decimal]]:
    """The values that a program printed: named ones, else those of a line that begins a status."""
    for found in _VALUE.finditer(output):
        yield *found.span(1), Decimal(found[1])
    for line in re.finditer(r"^Optimal [^\n]{0,400}", output, re.MULTILINE):
        for quantity in list(quantities(line.group()))[:-1]:
            start = line.start()
            yield start + quantity.start, start + quantity.end, quantity.value


RULES = (
    Rule(
        "continuous-counted",
        FLAW,
        N_(
            "variables of the model as solved are not integer, and its optimum in whole "
            "numbers is another: the right answer, or the problem counts things or names no"
            " amounts"
        ),
        0.9,
        _continuous,
    ),
    Rule(
        "integer-divisible",
        FLAW,
        N_("the model as solved has integers, and its optimum without them is the right answer"),
        0.9,
        _indivisible,
    ),
    Rule(
        "whole-not-integer",
        FLAW,
        N_(
            "the problem says that things come whole, and no variable of the model as "
            "solved is integer"
        ),
        0.8,
        _said_whole,
    ),
    Rule(
        "fraction-of-a-thing",
        FLAW,
        N_("the problem counts things, no variable is integer, and a fraction is printed"),
        0.8,
        _fractions,
    ),
)
