"""Rows that are missing between variables: a switch tied to nothing, a round trip in parts."""

import re
from collections.abc import Iterator

from app.core.language import N_
from app.detectors.finding import Rule, Spot
from app.detectors.prices import prices_not_solved
from app.detectors.reading import Reading
from app.detectors.structure import idle_switches, is_assignment, switches_apart

FLAW = "wrong-constraints"
_TOUR = re.compile(
    r"\bround[- ]?trips?\b|\btours?\b|\btravell?ing sales|\bcircuit\b"
    r"|\b(?:comes?|goes|going|gets?) back\b|\breturn(?:s|ing)? home\b"
    r"|\breturn(?:s|ing)? to (?:the |its |his |her |their )?(?:start|home|depot|origin|city|base)",
    re.IGNORECASE,
)


def _idle(reading: Reading) -> Iterator[Spot]:
    """Switches that take and cost nothing, so that all may stay on."""
    names = idle_switches(reading.model) if reading.model else []
    if len(names) > 1 and not prices_not_solved(reading):
        yield from _whole(
            reading, f"{_some(names)} cost nothing and take nothing when they are on."
        )


def _apart(reading: Reading) -> Iterator[Spot]:
    """Switches that cost, and that no row ties to what they switch."""
    names = switches_apart(reading.model) if reading.model else []
    if names:
        yield from _whole(reading, f"{_some(names)} share no row with any other variable.")


def _in_parts(reading: Reading) -> Iterator[Spot]:
    """A round trip of which only is said that each place is left once and entered once."""
    said = _TOUR.search(reading.case.problem.question)
    if said and reading.model and is_assignment(reading.model):
        note = f"The problem says {said.group()!r}; nothing in the model keeps it in one piece."
        yield from _whole(reading, note)


def _whole(reading: Reading, note: str) -> Iterator[Spot]:
    program = reading.solving
    if program and not reading.case.correct:
        yield Spot(program.step, 0, len(reading.path[program.step].text), note)


def _some(names: list[str]) -> str:
    return ", ".join(names[:3]) + (", …" if len(names) > 3 else "")


RULES = (
    Rule(
        "switch-idle",
        FLAW,
        N_(
            "two or more binary variables of the model as solved cost nothing, and no row "
            "minds them on, or off; the answer is not known to be right"
        ),
        0.8,
        _idle,
    ),
    Rule(
        "switch-apart",
        FLAW,
        N_(
            "binary variables of the objective as solved share no row with any other, and "
            "the answer is not known to be right"
        ),
        0.8,
        _apart,
    ),
    Rule(
        "tour-in-parts",
        FLAW,
        N_(
            "the problem is about a round trip, the model as solved only says how often "
            "each place is left and entered, and the answer is not known to be right"
        ),
        0.9,
        _in_parts,
    ),
)
