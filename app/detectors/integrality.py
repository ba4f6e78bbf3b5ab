"""What making a model's variables integer changes, and where text and program declare them."""

import re
from typing import NamedTuple

from app.core.solved import Examination, Optimum
from app.detectors.reading import Reading, once
from app.detectors.text import has_any

_DECLARES = re.compile(r"[^\n]{0,80}(?:LpVariable|addVars?|Variable|NumVar|Var)\b[^\n]{0,200}")
_DIFFERS = 1e-6
_INTEGER = re.compile(
    r"\bintegers?\b|\bwhole (?:numbers?|\w{1,12} )|\bganzzahlig|\bentiers?\b|\bbinary\b"
    r"|mathbb\{Z\}|ℤ|整数",
    re.IGNORECASE,
)
_IN_INTEGER = ("integer", "whole ", "ganzzahlig", "entier", "binary", "mathbb{z}", "ℤ", "整数")
"""One of them is in all that the pattern finds, in small letters."""


class Told(NamedTuple):
    """Another optimum than the model's, `shown` beside it; `which` variables were changed for it.

    `objective` is None where there is none then.
    """

    which: str
    objective: float | None
    shown: str


def whole_optimum(found: Examination) -> Told | None:
    """What solving in whole numbers gave, where that differs."""
    which = "Not all variables are" if found.relaxed else "No variable is"
    solved = found.solved is not None and found.solved.objective is not None
    if solved and found.whole and found.whole.status == "Infeasible":
        return Told(which, None, "in whole numbers the model is infeasible")
    return _other(which, found.solved, found.whole, "in whole numbers")


def divisible_optimum(found: Examination) -> Told | None:
    """What solving with continuous variables gave, where that differs."""
    return _other("", found.solved, found.relaxed, "in fractions")


def _other(which: str, one: Optimum | None, other: Optimum | None, how: str) -> Told | None:
    if not one or not other or one.objective is None or other.objective is None:
        return None
    if abs(one.objective - other.objective) <= _DIFFERS * max(1.0, abs(one.objective)):
        return None
    shown = f"the optimum is {one.objective:.10g}, and {how} {other.objective:.10g}"
    return Told(which, other.objective, shown)


def declaration_in(code: str) -> tuple[int, int]:
    """Where a program declares its first variable, else all of it."""
    found = _DECLARES.search(code)
    return found.span() if found else (0, len(code))


@once
def says_integer(reading: Reading) -> bool:
    """Whether the thinking before the last solve says that variables are integer."""
    step = reading.solving.step if reading.solving else 0
    return any(_is_integer(text) for _, text in reading.said_before(step))


def _is_integer(text: str) -> bool:
    return has_any(text, _IN_INTEGER) and _INTEGER.search(text) is not None
