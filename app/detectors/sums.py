"""Linear sums and relations between them in one line: `24x + 10y >= 530`, in LaTeX or not.

What is not plainly linear (sums, indices, brackets, quotients, decimal commas) is passed over: what
is given was read with certainty.
"""

import re
from collections.abc import Iterator, Sequence
from math import prod
from typing import NamedTuple

from app.core.latex import plain

Sum = dict[str, float]
"""Coefficients by name, the constant under ""."""

_TOKEN = re.compile(
    r"(?P<relation><=|>=|==|=<|=>|[<>=≤≥])"
    r"|(?P<comma>\d{1,12},\d{1,2}(?!\d))"
    r"|(?P<number>\d{1,12}(?:,\d{3}(?!\d)){0,4}(?:\.\d{1,12})?)"
    r"|(?P<word>\b(?:and|or|with|for|so|if|then|since|because|where|when|as|is|are|in|of|s\.?t)\b)"
    r"|(?P<name>[A-Za-z]\w{0,30}(?:\[[^\][\n]{1,20}\]){0,2})"
    r"|(?P<sign>[-+−])|(?P<times>[*×·])|(?P<other>\S)"
)
_OPENS = re.compile(r"(\b(?:max|min)\w{0,8}:?\s{0,2}|[-+=]\s?)\$(?=[\d.A-Za-z])", re.IGNORECASE)
"""A dollar sign that a sum goes on behind: `maximize $35x`, `+ $48y`."""
_CUT = re.compile(r"[$?!]|[.] ")
_ENDS = ("other", "relation", "word", "comma")
_SPOILS = frozenset("/⁄^)(]\\∑∏|'\"%{}≠√≈±∀")
_COMMAND = re.compile(r"(?:min|max)(?:imi[sz](?:e|ing))?", re.IGNORECASE)
_INDEXED = re.compile(r"_[a-z](?:_|$)|\[[a-z]")
_BULLET = re.compile(r"^\s{0,12}(?:[-*•]|\d{1,2}[.)])\s{1,4}")


class Token(NamedTuple):
    """A piece of a line; `kind` is the name of its group in the pattern."""

    kind: str
    text: str


def parts_of(line: str) -> list[str]:
    """A line cut where no sum goes on, without the mark of a list and what only decorates."""
    return _CUT.split(_OPENS.sub(r"\1", plain(_BULLET.sub("", line))))


def tokens_of(part: str) -> list[Token]:
    """What a part of a line consists of."""
    return [Token(found.lastgroup or "", found.group()) for found in _TOKEN.finditer(part)]


def relations(tokens: Sequence[Token]) -> Iterator[tuple[str, Sum, Sum]]:
    """Each relation between two sums; a chain `a ≥ b = c` of numbers ends in its last."""
    for at, token in enumerate(tokens):
        if token.kind == "relation":
            left, right = _sum_before(tokens, at), _sum_behind(tokens, at)
            if left and right is not None:
                yield token.text, left, right


def defined(tokens: Sequence[Token]) -> Iterator[Sum]:
    """The sums that a name alone is said to be."""
    for relation, left, right in relations(tokens):
        if relation == "=" and is_name(left):
            yield right


def commanded(tokens: Sequence[Token]) -> Iterator[Sum]:
    """The sums that follow `min`, `maximize` and the like."""
    for at, token in enumerate(tokens):
        if token.kind == "name" and _COMMAND.fullmatch(token.text):
            follows = _sum_behind(tokens, at)
            if follows:
                yield follows


def is_name(terms: Sum) -> bool:
    """Whether a side of an equation is a name alone: then the equation is its definition."""
    return len(terms) == 1 and "" not in terms and list(terms.values()) == [1]


def _sum_before(tokens: Sequence[Token], at: int) -> Sum | None:
    start = at
    while start and _goes_on(tokens, start - 1, at):
        start -= 1
    spoilt = start and _spoils(tokens[start - 1])
    return None if spoilt else _sum(tokens[start:at])


def _sum_behind(tokens: Sequence[Token], at: int) -> Sum | None:
    end = at + 1
    while end < len(tokens) and tokens[end].kind not in _ENDS:
        if end > at + 1 and _apart(tokens[end - 1], tokens[end]):
            break
        end += 1
    spoilt = end < len(tokens) and _spoils(tokens[end])
    return None if spoilt else _sum(tokens[at + 1 : end])


def _spoils(token: Token) -> bool:
    """Whether a sum that stops here goes on in a way that can't be read, as `11,5` does."""
    return token.kind == "comma" or token.text in _SPOILS


def _goes_on(tokens: Sequence[Token], one: int, end: int) -> bool:
    if tokens[one].kind in _ENDS:
        return False
    return one + 1 == end or not _apart(tokens[one], tokens[one + 1])


def _apart(one: Token, other: Token) -> bool:
    """Whether two neighbours can't belong to one sum: words, or a word before a number."""
    operands = ("number", "name")
    if one.kind not in operands or other.kind not in operands:
        return False
    return not (one.kind == "number" and other.kind == "name")


def _sum(tokens: Sequence[Token]) -> Sum | None:
    """The terms, or None where the tokens are no sum."""
    total: Sum = {}
    for sign, factors in _signed(tokens):
        term = _term(factors)
        if term is None or (total and not factors):
            return None
        if factors:
            name, factor = term
            total[name] = total.get(name, 0.0) + sign * factor
    return total or None


def _signed(tokens: Sequence[Token]) -> Iterator[tuple[float, list[Token]]]:
    """What stands between two signs, with the sign before it."""
    sign = 1.0
    factors: list[Token] = []
    for token in tokens:
        if token.kind == "sign":
            yield sign, factors
            sign, factors = (1.0 if token.text == "+" else -1.0), []
        elif token.kind != "times":
            factors.append(token)
    yield sign, factors


def _term(factors: Sequence[Token]) -> tuple[str, float] | None:
    """A name, or "", and its coefficient; None for a product of names and for an index."""
    names = [it.text for it in factors if it.kind == "name"]
    if len(names) > 1 or any(map(_INDEXED.search, names)):
        return None
    factor = prod(float(it.text.replace(",", "")) for it in factors if it.kind == "number")
    return "".join(names), factor
