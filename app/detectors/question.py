"""What a problem asks for, as far as its words say it: the least or the most, things or amounts."""

import re
from collections.abc import Iterator
from typing import Literal

from app.core.numbers import Quantity
from app.detectors.reading import Reading

_LEAST = re.compile(
    r"\bminimi[sz]|\bcheapest\b|\blowest\b|\bsmallest\b|\bfewest\b|\bhow few\b|\bshortest\b"
    r"|(?<!at )\bleast\b|\bas (?:low|little|few|small|cheap) as possible\b",
    re.IGNORECASE,
)
_MOST = re.compile(
    r"\bmaximi[sz]|\bhighest\b|\blargest\b|\bgreatest\b|\bmaximum (?:total |possible )?"
    r"(?:profit|revenue|income|return|value|score)|(?<!at )(?<!at the )\bmost\b"
    r"|\bas (?:high|much|many|large|great) as possible\b",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"\bhow (?:many|few)\b|\bnumber of\b|\bwhole\b|\binteger\b", re.IGNORECASE)
_DIVISIBLE = re.compile(
    r"\bhow many (?:\w{1,20} ){0,2}(?:kg|kilo|grams|lit[re]{2}s|tonn?es|tons|acres|hectares|hours"
    r"|minutes|pounds|ounces|units of)|\bfraction|\bpartial|\bdivisible",
    re.IGNORECASE,
)
_MONEY = re.compile(
    r"\b(?:cost|costs|price|priced|profit|profits|revenue|earn|earns|earned|sell|sells|sold|pay"
    r"|pays|paid|wage|salary|dollars?|euros?|yuan|per unit|fee|burns?|penalty)\b",
    re.IGNORECASE,
)
_LIMIT = re.compile(
    r"\b(?:at most|at least|no more|not exceed|up to|available|capacity|limit|limited|budget"
    r"|maximum|minimum|demand|supply|hold|holds|exactly|need|needs|require|requires|must)\b",
    re.IGNORECASE,
)
_BEFORE, _BEHIND = 40, 25
_LABEL = re.compile(
    r"(?:\b(?:table|figure|section|chapter|fig|tab|no|exercise|above|below)\b[\s.$\d-]{0,6}"
    r"|\b(?:has|have|its|following|these|those|all|is an?|are)\s|[{_^]|\n\s{0,4})$",
    re.IGNORECASE,
)
_LABELLED = re.compile(r"(?:st|nd|rd|th)\b|[.)、]\s")
_CLOCK = re.compile(r"[- ]hours?(?:-| a\b| per\b| of\b| each\b)|[- ]hour\b|\s?:\s?\d\d|[ap]m\b")


def asks_for(question: str) -> Literal["min", "max"] | None:
    """The sense of the problem's objective, where its words name one and only one."""
    least, most = _LEAST.search(question), _MOST.search(question)
    if bool(least) == bool(most):
        return None
    return "min" if least else "max"


def counts_things(question: str) -> bool:
    """Whether it asks for how many of something that can't be divided."""
    return bool(_COUNTED.search(question)) and not _DIVISIBLE.search(question)


def is_price(question: str, quantity: Quantity) -> bool:
    """Whether a number of it is money or what one costs or earns, and no limit."""
    before, behind = _beside(question, quantity)
    marked = question[quantity.start : quantity.end].lstrip("+- ")[:1] in "$€£¥"
    money = marked or _MONEY.search(before[-25:]) or _MONEY.search(behind[:15])
    return bool(money) and not _LIMIT.search(before) and not _LIMIT.search(behind)


def must_be_used(reading: Reading) -> Iterator[Quantity]:
    """The problem's numbers that a model can be expected to hold: what is given of things.

    Not small ones, ordinals, years, list marks, indices, numbers of and in tables, hours of the day
    and how many things there are, which a program counts by itself.
    """
    question = reading.case.problem.question
    for quantity in reading.asked:
        before = question[max(quantity.start - 12, 0) : quantity.start]
        behind = question[quantity.end : quantity.end + 12]
        year = 1900 < quantity.value < 2100 and quantity.value == int(quantity.value)
        if _in_table(question, quantity):
            continue
        labels = _LABEL.search(before) or _LABELLED.match(behind)
        if abs(quantity.value) > 2 and not (year or labels or _CLOCK.match(behind)):
            yield quantity


def _in_table(question: str, quantity: Quantity) -> bool:
    """Whether it stands in a cell, where nothing says what it is."""
    around = question[max(quantity.start - 8, 0) : quantity.end + 8]
    return "|" in around or "&" in around


def _beside(question: str, quantity: Quantity) -> tuple[str, str]:
    """The words of the number's own sentence just before and behind it."""
    before = question[max(quantity.start - _BEFORE, 0) : quantity.start].rpartition(". ")[2]
    return before, question[quantity.end : quantity.end + _BEHIND].partition(". ")[0]
