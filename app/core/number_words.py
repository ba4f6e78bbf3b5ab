"""Numbers that a text writes as words: `twenty-five`, `two hundred and ten`, `a dozen`, `a third`.

Promises linear time. Ordinals (`the third constraint`) are no numbers; `a third` and `two thirds`
are. Words beside digits (`3 million`) give their own value: only `numbers` reads digits.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

_ONES = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    "nineteen", "twenty",
]  # fmt: skip
_TENS = ["thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SMALL = {
    **{word: number for number, word in enumerate(_ONES)},
    **{word: 30 + 10 * number for number, word in enumerate(_TENS)},
    "a": 1,
    "an": 1,
}
_SCALES = {"dozen": 12, "hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}
_PARTS = {
    "half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
    "eighth": 8, "ninth": 9, "tenth": 10, "twelfth": 12, "hundredth": 100, "thousandth": 1000,
}  # fmt: skip
_PARTS |= {f"{part}s": size for part, size in _PARTS.items()} | {"halves": 2}
_TOKEN = re.compile(r"[a-z]+|[^a-z\s-]", re.IGNORECASE)


class NumberWord(NamedTuple):
    """A number and where its words stand in the text."""

    value: Decimal
    start: int
    end: int


def number_words(text: str) -> Iterator[NumberWord]:
    """The numbers written as words in `text`, in order."""
    run: list[str] = []
    start = end = 0
    for token, begin, stop in _tokens(text):
        if run and token in _PARTS:
            yield NumberWord(_value(run) / _PARTS[token], start, stop)
            run = []
        elif token == "half":
            yield NumberWord(Decimal("0.5"), begin, stop)
        elif _continues(run, token):
            start, end = (start if run else begin), stop
            run.append(token)
        else:
            if any(word not in ("a", "an", "and") for word in run):
                yield NumberWord(_value(run), start, end)
            run, start, end = ([token] if token in _SMALL else []), begin, stop


def _tokens(text: str) -> Iterator[tuple[str, int, int]]:
    """The words and signs of a text, and one sign more that ends the last number."""
    for match in _TOKEN.finditer(text):
        yield match[0].lower(), match.start(), match.end()
    yield ".", len(text), len(text)


def _continues(run: list[str], token: str) -> bool:
    """Whether `token` belongs to the number that `run` began."""
    if not run:
        return token in _SMALL or token in _SCALES
    if token in _SCALES:
        return run[-1] != "and"
    if token == "and":
        return run[-1] in ("hundred", "thousand", "million")
    if token not in _SMALL or token in ("a", "an"):
        return False
    return run[-1] in _SCALES or run[-1] == "and" or _joins(run[-1], token)


def _joins(tens: str, ones: str) -> bool:
    return _SMALL.get(tens, 0) >= 20 and 0 < _SMALL[ones] < 10


def _value(run: list[str]) -> Decimal:
    """A run as a number: every scale multiplies what was counted since the last larger one."""
    total = current = 0
    for word in run:
        if word in _SCALES:
            current = max(current, 1) * _SCALES[word]
            if _SCALES[word] >= 1000:
                total, current = total + current, 0
        elif word != "and":
            current += _SMALL[word]
    return Decimal(total + current)
