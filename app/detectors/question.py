"""What a problem asks for, as far as its words say it: the least or the most, things or amounts."""

import re
from typing import Literal

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
_COUNTED = re.compile(
    r"\bhow (?:many|few)\b|(?<!any )\bnumber of\b|\bwhole\b|\binteger\b", re.IGNORECASE
)
_DIVISIBLE = re.compile(
    r"\bhow many (?:\w{1,20} ){0,2}(?:kg|kilo|grams|lit[re]{2}s|tonn?es|tons|acres|hectares|hours"
    r"|minutes|pounds|ounces|units of)"
    r"|\bfraction|\bpartial|\bin part\b|\bdivisible|\bbe (?:split|divided)\b",
    re.IGNORECASE,
)
_AMOUNTS = re.compile(
    r"\b(?:kg|kilo\w{0,6}|grams?|g|mg|lit[re]{2}s?|hecto\w{0,6}|ml|tonn?es?|tons?|t|acres?|hectares?"
    r"|ha|pounds?|ounces?|barrels?|gallons?|cubic|metres?|meters?|km|m³|m2|mwh|kwh|blend\w{0,4}"
    r"|mix\w{0,5}|invest\w{0,6}|funds?|bonds?|stocks?|shares?|any amount)\b|%|percent",
    re.IGNORECASE,
)


def asks_for(question: str) -> Literal["min", "max"] | None:
    """The sense of the problem's objective, where its words name one and only one."""
    least, most = _LEAST.search(question), _MOST.search(question)
    if bool(least) == bool(most):
        return None
    return "min" if least else "max"


def counts_things(question: str) -> bool:
    """Whether it asks for how many of something that can't be divided."""
    return bool(_COUNTED.search(question)) and not _DIVISIBLE.search(question)


def names_amounts(question: str) -> bool:
    """Whether it speaks of anything that is weighed, measured, mixed or invested."""
    return bool(_AMOUNTS.search(question) or _DIVISIBLE.search(question))
