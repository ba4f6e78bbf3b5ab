"""The answer held against what the solves of the path found and what its programs printed."""

from app.core.answer import grade, parse_answer
from app.detectors.doubt import Place, doubt_in, rounding_in
from app.detectors.finding import Spot
from app.detectors.handwork import calculations
from app.detectors.numbers import one_is, same
from app.detectors.reading import Reading, once


@once
def differs(reading: Reading) -> bool:
    """Whether an answer that is not known to be right is none of the optima found."""
    given, objectives = reading.given, reading.objectives
    if given is None or not objectives or reading.case.correct or not reading.optimum:
        return False
    return not any(same(given, it) for it in objectives)


def is_right(reading: Reading, optimum: float | None) -> bool | None:
    """Whether an optimum, or its negative, would be graded right.

    None where nothing is known: without a reference, and without an optimum.
    """
    problem = reading.case.problem
    if optimum is None or problem.reference.kind == "unknown":
        return None
    readings = (parse_answer(f"{value:.12g}") for value in (optimum, -optimum))
    return any(grade(it, problem.reference, problem.tolerance).correct for it in readings)


@once
def is_printed(reading: Reading) -> bool:
    """Whether a program that ran printed the answer."""
    given = reading.given
    return given is not None and one_is(given, reading.printed)


@once
def shows_optimum(reading: Reading) -> bool:
    """Whether an optimum that was found was printed too, so that it could be read."""
    return any(one_is(it, reading.printed) for it in set(reading.objectives))


@once
def set_aside_at(reading: Reading) -> Place | None:
    """Where the text behind the optimum doubts, rounds or calculates its way to another answer."""
    if not reading.optimum or not differs(reading) or is_printed(reading):
        return None
    said = list(reading.said_after(reading.optimum.step))
    found = calculations(said)
    hand = (found.step, found.start, found.end) if found else None
    return doubt_in(said) or rounding_in(said) or hand


def answer_spot(reading: Reading, what: str) -> Spot:
    """The answer's place, with what is wrong with it. There has to be an answer."""
    assert reading.answer
    answer, step, start = reading.answer
    end = min(start + len(answer.text), len(reading.path[step].text))
    optima = ", ".join(dict.fromkeys(f"{it.normalize():f}" for it in reading.objectives[-3:]))
    solved = f" The optima: {optima}." if optima else ""
    return Spot(step, start, end, f"{answer.text.strip()} {what}.{solved}")
