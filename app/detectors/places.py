"""Where the thinking before the last solve states what is wrong, so that a hint can stand there.

Where it states nothing of the kind, the program is the place, and the hint stands behind it.
"""

import re
from collections.abc import Callable
from decimal import Decimal

from app.core.numbers import quantities
from app.detectors.doubt import Place
from app.detectors.origins import place_of
from app.detectors.reading import Reading
from app.detectors.text import lines

_OBJECTIVE = re.compile(
    r"\b(?:max|min)(?:imi[sz]\w{1,4})?\b|\\(?:max|min)\b|\bobjective\b|\bobjetivo\b|目标",
    re.IGNORECASE,
)
_SUM = re.compile(r"[-+−·*Σ∑]|\\sum")
_RELATION = re.compile(r"[<>=≤≥]|\\[lg]eq?\b|\bat (?:most|least)\b", re.IGNORECASE)


def objective_place(reading: Reading) -> Place:
    """The line that states the objective, else the program."""
    return _stated(reading, lambda line: bool(_OBJECTIVE.search(line) and _SUM.search(line))) or (
        _program(reading, "")
    )


def limit_place(reading: Reading, *values: Decimal) -> Place:
    """The line that relates something to one of these numbers, else the first in the program."""

    def relates(line: str) -> bool:
        return bool(_RELATION.search(line)) and any(
            abs(it.value) in values for it in quantities(line)
        )

    return _stated(reading, relates) or _program(reading, f"{values[0].normalize():f}")


def _stated(reading: Reading, says: Callable[[str], bool]) -> Place | None:
    """The first such line of the last text that has one, without the white space around it."""
    step = reading.solving.step if reading.solving else 0
    for at, text in reversed(list(reading.said_before(step))):
        for start, line in lines(text):
            if line.strip() and says(line):
                begin = start + len(line) - len(line.lstrip())
                return at, begin, begin + len(line.strip())
    return None


def _program(reading: Reading, number: str) -> Place:
    step = reading.solving.step if reading.solving else 0
    text = reading.path[step].text
    return step, *(place_of(text, number) if number else (0, len(text)))
