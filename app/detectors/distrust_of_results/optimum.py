"""An optimum that was found and is set aside, worked out again, solved again or rounded."""

import re
from collections.abc import Iterator
from itertools import pairwise

from app.core.language import N_
from app.core.solved import SolvedModel, compare
from app.detectors.answers import differs, set_aside_at
from app.detectors.doubt import doubt_in, rounding_in
from app.detectors.finding import Rule, Spot
from app.detectors.handwork import calculations
from app.detectors.numbers import values_in
from app.detectors.programs import Program
from app.detectors.reading import Reading

FLAW = "distrust-of-results"
_ROUNDS_VALUES = re.compile(
    r"\b(?:ceil|floor)\([^()\n]{0,60}(?:\.value\(?|\.varValue|\.x\b|\.X\b|solution|col_value"
    r"|\bres\.x|result\.x)"
)
_INTEGER = re.compile(r"integ|binar|bool|NewIntVar|\.I\b|\.B\b", re.IGNORECASE)
_SUMS = 6
_DOUBTED_SUMS = 3


def _overridden(reading: Reading) -> Iterator[Spot]:
    """Another answer than the optimum, come to by doubts, rounding or calculating behind it."""
    if place := set_aside_at(reading):
        yield Spot(*place, f"The solver found {_optimum(reading)}; the path sets it aside.")


def _worked_again(reading: Reading) -> Iterator[Spot]:
    """Calculations behind an optimum that stands: many, or some in a text that doubts it."""
    if not reading.optimum or differs(reading):
        return
    said = list(reading.said_after(reading.optimum.step))
    found, doubt = calculations(said), doubt_in(said)
    if found and found.times >= (_DOUBTED_SUMS if doubt else _SUMS):
        place = doubt or (found.step, found.start, found.end)
        note = (
            f"The solver found {_optimum(reading)}; {found.times} calculations work it out again."
        )
        yield Spot(*place, note)


def _optimum(reading: Reading) -> str:
    return f"{reading.objectives[-1].normalize():f}" if reading.objectives else "the optimum"


def _solved_again(reading: Reading) -> Iterator[Spot]:
    """A program that solves the model again whose optimum is known, or doubts it and finds it."""
    for before, again in pairwise(it for it in reading.ran if not it.failed):
        if not again.optimal:
            continue
        if before.optimal and _same_model(before, again):
            note = "This solves the model again whose optimum the program before had found."
            yield Spot(again.step, 0, len(reading.path[again.step].text), note)
        elif doubt := _same_optimum(before, again) and doubt_in(
            reading.said_between(before.step, again.step)
        ):
            yield Spot(*doubt, "The next program finds the very same optimum again.")


def _same_model(before: Program, again: Program) -> bool:
    if before.model and again.model:
        alike = _outline(before.model) == _outline(again.model)
        return alike and not compare(before.model, again.model)
    return " ".join(before.source.split()) == " ".join(again.source.split())


def _outline(model: SolvedModel) -> tuple[object, ...]:
    """What models that are the same have in common, and is quickly told."""
    costs = sorted(value for _, value in model.objective if value)
    return model.sense, model.constant, len(model.variables), len(model.rows), costs


def _same_optimum(before: Program, again: Program) -> bool:
    """Whether the program before had printed what this one's last solve gives."""
    found = again.solves[-1].objective if again.solves else None
    return found is not None and any(
        abs(abs(found) - float(it)) <= 1e-6 * max(1.0, abs(found))
        for it in values_in(before.output)
    )


def _rounded(reading: Reading) -> Iterator[Spot]:
    """A solution of a continuous model rounded, in the thinking or by the program itself."""
    solved = reading.optimum
    if solved is None or not _continuous(solved):
        return
    if found := _ROUNDS_VALUES.search(solved.source):
        start = max(reading.path[solved.step].text.find(found.group()), 0)
        note = "No variable is integer, and the program rounds what the solver found."
        yield Spot(solved.step, start, start + len(found.group()), note)
    elif (place := rounding_in(reading.said_after(solved.step))) and _fraction(solved):
        yield Spot(*place, "The solver's fractions are rounded; no variable is integer.")


def _continuous(program: Program) -> bool:
    if program.model:
        return program.model.integers == 0
    return not _INTEGER.search(program.source)


def _fraction(program: Program) -> bool:
    return any(value != value.to_integral_value() for value in values_in(program.output))


RULES = (
    Rule(
        "result-overridden",
        FLAW,
        N_(
            "a wrong answer is none of the optima found, and the text behind them doubts, "
            "rounds or calculates"
        ),
        0.8,
        _overridden,
    ),
    Rule(
        "worked-again",
        FLAW,
        N_(
            "6 or more calculations follow the optimum that is answered, or 3 where the "
            "text doubts it"
        ),
        0.8,
        _worked_again,
    ),
    Rule(
        "solved-again",
        FLAW,
        N_(
            "a program solves the model of the one before again, or its result is doubted "
            "and found again"
        ),
        0.8,
        _solved_again,
    ),
    Rule(
        "rounded-solution", FLAW, N_("the solution of a continuous model is rounded"), 0.7, _rounded
    ),
)
