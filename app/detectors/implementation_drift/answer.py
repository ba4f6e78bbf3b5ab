"""The answer is not what was solved and asked."""

import re
from collections.abc import Iterator

from app.core.language import N_
from app.detectors.answers import answer_spot, differs, is_printed, set_aside_at, shows_optimum
from app.detectors.finding import Rule, Spot
from app.detectors.reading import Reading

FLAW = "implementation-drift"
_LARGE = 10_000
_UNIT = re.compile(r"\bin (thousand|million)s?\b", re.IGNORECASE)


def _not_objective(reading: Reading) -> Iterator[Spot]:
    """A wrong answer that no solve of the path gave, though the optimum was printed."""
    shown = shows_optimum(reading) and not is_printed(reading) and not set_aside_at(reading)
    if differs(reading) and shown:
        yield answer_spot(reading, "is neither the optimum of a solve nor printed by a program")


def _variable(reading: Reading) -> Iterator[Spot]:
    """A wrong answer that a program printed beside the optimum."""
    asked = reading.case.problem.asks == "objective"
    shown = shows_optimum(reading) and is_printed(reading) and not set_aside_at(reading)
    if asked and differs(reading) and shown:
        yield answer_spot(reading, "was printed beside the optimum; the objective was asked")


def _sign(reading: Reading) -> Iterator[Spot]:
    """A wrong answer that has the size of an optimum, and is negative."""
    answer = reading.answer
    negative = answer is not None and answer[0].value is not None and answer[0].value < 0
    if negative and reading.case.correct is False and _is_optimum(reading):
        yield answer_spot(reading, "is the optimum of a turned objective; its sign was not turned")


def _unit(reading: Reading) -> Iterator[Spot]:
    """A wrong answer that is an optimum, where the question asks for it in thousands or so."""
    asked = _UNIT.search(reading.case.problem.question)
    large = reading.given is not None and reading.given >= _LARGE
    if asked and large and reading.case.correct is False and _is_optimum(reading):
        yield answer_spot(reading, f"may be in another unit: the question asks {asked[0]}")


def _is_optimum(reading: Reading) -> bool:
    given = reading.given
    return given is not None and any(abs(it - given) <= given / 10**6 for it in reading.objectives)


def _not_printed(reading: Reading) -> Iterator[Spot]:
    """An answer that no program printed, in a path of whose runs nothing is known."""
    known = reading.case.executions or reading.case.correct or not reading.printed
    if not known and reading.given is not None and not is_printed(reading):
        yield answer_spot(reading, "was printed by no program of this path")


RULES = (
    Rule(
        "answer-not-objective",
        FLAW,
        N_("the answer is not known to be right, no solve found it and no program printed it"),
        0.7,
        _not_objective,
    ),
    Rule(
        "variable-reported",
        FLAW,
        N_("the objective is asked, and a wrong answer is another number that a program printed"),
        0.7,
        _variable,
    ),
    Rule(
        "sign-not-turned",
        FLAW,
        N_("the answer is wrong, negative, and of the size of an optimum that was found"),
        0.8,
        _sign,
    ),
    Rule(
        "unit-not-asked",
        FLAW,
        N_(
            "the question asks in thousands or millions, and a wrong answer of 10,000 or "
            "more is an optimum"
        ),
        0.7,
        _unit,
    ),
    Rule(
        "answer-not-printed",
        FLAW,
        N_("no program printed the answer, where nothing is known of what was solved"),
        0.8,
        _not_printed,
    ),
)
