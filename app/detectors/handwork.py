"""Computing by hand as a text shows it: results worked out on lines, values tried one by one.

Every pattern looks at one line of bounded length, so a text takes time in proportion to its length.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from app.detectors.text import has_any, lines

_CALCULATION = re.compile(
    r"\d[\d.,]{0,12}\)?[ ]?(?:[-+*/×·÷]|\\times|\\cdot|\\div)[ ]?\(?[$€]?\d[^=≈\n]{0,60}"
    r"(?:=|≈|\\approx|\bis|\bgives)[ ]?\\?[$€]?-?\d"
)
_RESULT = re.compile(r"(?:=|≈|\\approx|\\implies|→|gives|is)[ ]?\\?[$€]?-?\d")
_IS_VALUE = re.compile(r"=[ ]?\\?(-?\d[\d.,]{0,9})(?![\d.]*[A-Za-z(*])")
_NAME = re.compile(r"(?<![\w.])([A-Za-z]\w{0,12})\}?\\?[ ]?\Z")
_LONGEST_NAME = 16
_TRYING = re.compile(
    r"\b(?:if|try|trying|let|let's|suppose|case|when|for|take|with|at|say|option|guess)\b", re.I
)
_BY_HAND = re.compile(
    r"\b(?:by hand|on paper|manually|case by case|trial and error|(?:I|let me|I'll) guess"
    r"|one (?:by one|after the other)|von Hand|à la main|a mano)\b",
    re.IGNORECASE,
)
_NOT_BY_HAND = re.compile(
    r"(?:\bno|\bnot|n't|\brather than|\binstead of|\btoo|\btedious|\berror-prone|\bcumbersome"
    r"|\bhard|\bimpractical|\bavoid)\b",
    re.IGNORECASE,
)
_FOLLOWS, _DIGITS, _BESIDE = 800, 10, 30
_POINT = re.compile(r"\([ ]?-?\d[\d./]{0,9}[ ]?,[ ]?-?\d[\d./]{0,9}[ ]?\)")
_CORNERS = re.compile(r"\b(?:corner|vertex|vertices|extreme point|intersect)", re.I)
_IN_CORNERS = ("corner", "vert", "extreme point", "intersect")
_IN_BY_HAND = (
    "by hand", "on paper", "manually", "case by case", "trial and error", "guess", "one by one",
    "one after the other", "von hand", "à la main", "a mano",
)  # fmt: skip
"""Of each of these two, one is in all that the pattern finds, in small letters."""


class Handwork(NamedTuple):
    """How often something is done by hand in a step's text, and where it begins and ends."""

    times: int
    step: int
    start: int
    end: int


def calculations(said: Iterable[tuple[int, str]]) -> Handwork | None:
    """Calculations with numbers whose result is written down."""
    return _count(
        (step, start + found.start(), found.group())
        for step, text in said
        for start, line in lines(text)
        for found in _CALCULATION.finditer(line)
    )


def trials(said: Iterable[tuple[int, str]]) -> Handwork | None:
    """Lines that try values of one variable, each another: the variable tried most."""
    tried: dict[str, dict[str, tuple[int, int, str]]] = {}
    for step, text in said:
        for start, line in lines(text):
            found = list(_values(line))
            if found and (_TRYING.search(line) or len(found) > 1):
                for name, value in found[:4]:
                    tried.setdefault(name, {}).setdefault(value, (step, start, line))
    most = max(tried.values(), key=len, default={})
    return _count(most.values())


def _values(line: str) -> Iterator[tuple[str, str]]:
    """The names that a line sets to a number, and the number; read from the sign back."""
    for found in _IS_VALUE.finditer(line):
        end = found.start()
        if name := _NAME.search(line, max(end - _LONGEST_NAME, 0), end):
            yield name[1], found[1]


def corners(said: Iterable[tuple[int, str]]) -> Handwork | None:
    """Lines that evaluate points of the plane, in a text that speaks of corners."""
    told = list(said)
    if not any(has_any(text, _IN_CORNERS) and _CORNERS.search(text) for _, text in told):
        return None
    return _count(
        (step, start, line)
        for step, text in told
        for start, line in lines(text)
        if _POINT.search(line) and (_RESULT.search(line) or ":" in line)
    )


def announcement(said: Iterable[tuple[int, str]]) -> Handwork | None:
    """The first sentences that set out to work by hand, and are followed by numbers."""
    return _count(
        (step, start + found.start(), found.group())
        for step, text in said
        if has_any(text, _IN_BY_HAND)
        for start, line in lines(text)
        if (found := _BY_HAND.search(line)) and not _is_declined(line, *found.span())
        if sum(map(str.isdigit, text[start : start + _FOLLOWS])) >= _DIGITS
    )


def _is_declined(line: str, start: int, end: int) -> bool:
    """Whether the words just before or behind say that it is better not done by hand."""
    return _NOT_BY_HAND.search(line[max(start - _BESIDE, 0) : end + _BESIDE]) is not None


def _count(found: Iterable[tuple[int, int, str]]) -> Handwork | None:
    """All of them counted, at the place of the first."""
    places = sorted(found)
    if not places:
        return None
    step, start, line = places[0]
    return Handwork(len(places), step, start, start + len(line))
