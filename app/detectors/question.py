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
_WORST = re.compile(
    r"\b(?:longest|largest|latest|greatest|highest|heaviest|busiest|worst|slowest|maximum)\b"
    r"[^.?!;]{0,60}\b(?:as (?:short|small|low|early|few|light|quick) as possible|minimi[sz]ed)\b"
    r"|\bminimi[sz](?:e|es|ing)(?: the)? (?:longest|largest|latest|greatest|highest|heaviest"
    r"|busiest|worst|slowest|maximum|makespan)\b"
    r"|\b(?:shortest|smallest|lowest|weakest|worst|minimum)\b"
    r"[^.?!;]{0,60}\b(?:as (?:large|high|great|strong) as possible|maximi[sz]ed)\b"
    r"|\bmaximi[sz](?:e|es|ing)(?: the)? (?:smallest|lowest|weakest|worst|minimum)\b",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"\bhow (?:many|few)\b|(?<!any )\bnumber of\b|\bwhole\b|\binteger\b", re.IGNORECASE
)
_WHOLE = re.compile(
    r"\b(?:only|must|have to|has to|should|be|in|as) (?:\w{1,12} ){0,2}(?:whole (?:numbers?|units?"
    r"|pieces?|items?)|integers?)\b|\bintegral (?:number|amount|quantit)|\bindivisible\b"
    r"|(?:cannot|can't|can not|may not|not) be (?:split|divided|fractional|cut)\b"
    r"|\b(?:nur|immer) ganze\b|\bganzzahlig|\bn[uú]meros? enteros?\b|\bnombres? entiers?\b"
    r"|整[件数个台只辆]",
    re.IGNORECASE,
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


def asks_for_worst(question: str) -> str | None:
    """The words that ask for the least of a longest, or the most of a smallest."""
    found = _WORST.search(question)
    return found.group() if found else None


def asks_whole(question: str) -> str | None:
    """The words that say outright that something comes in whole numbers."""
    found = _WHOLE.search(question)
    return found.group() if found else None


def names_amounts(question: str) -> bool:
    """Whether it speaks of anything that is weighed, measured, mixed or invested."""
    return bool(_AMOUNTS.search(question) or _DIVISIBLE.search(question))
