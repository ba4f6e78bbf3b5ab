"""Linear constraints and objectives that a text states, line by line.

Time is linear in the text, a line counting up to a bound; a line is only taken apart where its
signs show that it may state something.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from app.detectors.forms import Form, form_of, sizes
from app.detectors.sums import Sum, commanded, defined, is_name, parts_of, relations, tokens_of
from app.detectors.text import lines

_RELATED = re.compile(r"[<>=≤≥]|\\[lg]eq?")
_RELATION = re.compile(r"[<>=≤≥]")
_IS_OR_SHALL = re.compile(r"=|[Mm][Ii][Nn]|[Mm][Aa][Xx]")
_SIGN = re.compile(r"[-+−]")
_TARGET = re.compile(
    r"\b(?:maximi[sz]|minimi[sz]|max\b|min\b|objective|profit|cost|revenue|z\b)", re.I
)


class Statement(NamedTuple):
    """A constraint, or an objective's sorted coefficients, with its line's place in the text."""

    form: Form
    names: frozenset[str]
    start: int
    end: int


def constraints_in(text: str) -> Iterator[Statement]:
    """The constraints of a text, in order; signs of variables and definitions are none."""
    for start, line in lines(text):
        for relation, left, right in _related(line) if _RELATED.search(line) else ():
            defines = relation == "=" and (is_name(left) or is_name(right))
            form = None if defines else form_of(relation, left, right)
            if form:
                names = frozenset(name for name in {*left, *right} if name)
                yield Statement(form, names, start, start + len(line))


def objectives_in(text: str) -> Iterator[Statement]:
    """Sums of two terms or more that are called the objective, by their sorted coefficients."""
    told = False
    for start, line in lines(text):
        before, told = told, _TARGET.search(line) is not None
        for terms in _targets(line) if told or before else ():
            if len([name for name in terms if name]) > 1:
                form: Form = ("eq", sizes(terms), 0.0)
                yield Statement(form, frozenset(terms), start, start + len(line))


def _related(line: str) -> Iterator[tuple[str, Sum, Sum]]:
    for part in parts_of(line):
        if _RELATION.search(part):
            yield from relations(tokens_of(part))


def _targets(line: str) -> Iterator[Sum]:
    """The sums that a line says a name to be, and those that it says to minimize or maximize."""
    for part in parts_of(line) if _SIGN.search(line) else ():
        if _SIGN.search(part) and _IS_OR_SHALL.search(part):
            tokens = tokens_of(part)
            yield from defined(tokens)
            yield from commanded(tokens)
