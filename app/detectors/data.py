"""The problem's numbers: which are data that a model must hold, and what each is: price, limit."""

import re
from typing import Literal

from app.core.numbers import Quantity
from app.detectors.reading import Reading, once

_MONEY = re.compile(
    r"\b(?:cost|costs|price|priced|profit|profits|revenue|earn|earns|earned|sell|sells|sold|pay"
    r"|pays|paid|wage|salary|dollars?|euros?|yuan|per unit|fee|fees|burns?|penalty"
    r"|penalties|bonus|premium|subsidy|rents?|fine)\b",
    re.IGNORECASE,
)
_CURRENCY = re.compile(r"\s?(?:dollars?|euros?|yuan|yen|cents?|[$€£¥元])(?:\b|(?<=\W))", re.I)
_LIMIT = re.compile(
    r"\b(?:at most|at least|no more|not exceed|up to|available|capacity|limit|limited|budget"
    r"|maximum|minimum|demand|supply|hold|holds|exactly|need|needs|require|requires|must)\b",
    re.IGNORECASE,
)
_BOUND_ABOVE = re.compile(
    r"\b(?:at most|no more than|not (?:be )?more than|(?:not|n't|never) exceed\w{0,3}|up to"
    r"|maximum(?: of)?|not above|limited to)\s{1,2}(?:\w{1,12}\s){0,2}$",
    re.IGNORECASE,
)
_BOUND_BELOW = re.compile(
    r"\b(?:at least|no (?:less|fewer) than|not (?:less|fewer) than|minimum(?: of)?|not below)"
    r"\s{1,2}(?:\w{1,12}\s){0,2}$",
    re.IGNORECASE,
)
_FROM = re.compile(r"\bbetween\s{1,2}$", re.IGNORECASE)
_TO = re.compile(r"\bbetween\s{1,2}[^\sA-Za-z]{1,15}\s{1,2}and\s{1,2}$", re.IGNORECASE)
_SERIES = re.compile(r"\b([A-Za-z]{2,14}?)s? (\d{1,2})(?: (?:and|to|or) (\d{1,2}))?\b(?![.,]\d)")
_BEFORE, _BEHIND = 40, 25
_LABEL = re.compile(
    r"(?:\b(?:table|figure|section|chapter|fig|tab|no|exercise|above|below)\b[\s.$\d-]{0,6}"
    r"|\b(?:has|have|its|following|these|those|all|is an?|are)\s|[{_^]|\n\s{0,4})$",
    re.IGNORECASE,
)
_LABELLED = re.compile(r"(?:st|nd|rd|th)\b|[.)、]\s")
_CLOCK = re.compile(r"[- ]hours?(?:-| a\b| per\b| of\b| each\b)|[- ]hour\b|\s?:\s?\d\d|[ap]m\b")


def is_price(question: str, quantity: Quantity) -> bool:
    """Whether a number of it is money or what one costs or earns, and no limit."""
    before, behind = _beside(question, quantity)
    if _LIMIT.search(before):
        return False
    if is_money(question, quantity):
        return True
    money = _MONEY.search(before[-25:]) or _MONEY.search(behind[:15])
    return bool(money) and not _LIMIT.search(behind)


def is_money(question: str, quantity: Quantity) -> bool:
    """Whether a number of it is marked as an amount of money, by a sign or the next word."""
    sign = question[quantity.start : quantity.end].lstrip("+- ")[:1] in "$€£¥"
    return sign or _CURRENCY.match(question, quantity.end) is not None


@once
def must_be_used(reading: Reading) -> tuple[Quantity, ...]:
    """The problem's numbers that a model can be expected to hold: what is given of things.

    Not small ones, ordinals, years, list marks, indices, numbers of and in tables, hours of the day
    and how many things there are, which a program counts by itself.
    """
    question = reading.case.problem.question
    series = _series_in(question)
    return tuple(
        it
        for it in reading.asked
        if abs(it.value) > 2
        and it.start not in series
        and not (_is_year(it) or _in_table(question, it) or _is_label(question, it))
    )


def bound_at(question: str, quantity: Quantity) -> Literal["above", "below"] | None:
    """Whether the words before a number say `at most` or `at least` of it, or `between` two."""
    before = question[max(quantity.start - _BEFORE, 0) : quantity.start]
    if _BOUND_ABOVE.search(before) or _TO.search(before):
        return "above"
    return "below" if _BOUND_BELOW.search(before) or _FROM.search(before) else None


def _is_year(quantity: Quantity) -> bool:
    return 1900 < quantity.value < 2100 and quantity.value == int(quantity.value)


def _is_label(question: str, quantity: Quantity) -> bool:
    """Whether it only tells which one, how many there are, or the time."""
    before = question[max(quantity.start - 12, 0) : quantity.start]
    behind = question[quantity.end : quantity.end + 12]
    found = _LABEL.search(before) or _LABELLED.match(behind) or _CLOCK.match(behind)
    return found is not None


def _series_in(question: str) -> frozenset[int]:
    """Where numbers only tell things apart: `place 1 … place 2`, `week 3`."""
    named: dict[str, list[tuple[int, int]]] = {}
    for found in _SERIES.finditer(question):
        places = [(int(found[at]), found.start(at)) for at in (2, 3) if found[at]]
        named.setdefault(found[1].lower(), []).extend(places)
    told = [places for places in named.values() if {1, 2} <= {number for number, _ in places}]
    return frozenset(start for places in told for _, start in places)


def _in_table(question: str, quantity: Quantity) -> bool:
    """Whether it stands in a cell, where nothing says what it is."""
    around = question[max(quantity.start - 8, 0) : quantity.end + 8]
    return "|" in around or "&" in around


def _beside(question: str, quantity: Quantity) -> tuple[str, str]:
    """The words of the number's own sentence just before and behind it."""
    before = question[max(quantity.start - _BEFORE, 0) : quantity.start].rpartition(". ")[2]
    return before, question[quantity.end : quantity.end + _BEHIND].partition(". ")[0]
