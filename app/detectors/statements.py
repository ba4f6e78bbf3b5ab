"""Linear constraints and objectives that a text writes out: `24x + 10y >= 530`, in LaTeX or not.

What is not plainly linear (sums, indices, brackets, quotients, decimal commas) is passed over: what
is given was read with certainty. Two statements are alike if their coefficients, side and relation
are, whatever their variables are called. Time is linear in the text, a line counting up to a bound.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from app.core.latex import plain
from app.core.solved import SolvedModel, Terms
from app.detectors.reading import lines

Relation = Literal["le", "eq"]
Form = tuple[Relation, tuple[float, ...], float]
"""Relation, sorted coefficients and right-hand side, the largest coefficient being 1."""
Sum = dict[str, float]
"""Coefficients by name, the constant under ""."""

_RELATED = re.compile(r"[<>=≤≥]|\\[lg]eq?")
_TOKEN = re.compile(
    r"(?P<relation><=|>=|==|=<|=>|[<>=≤≥])"
    r"|(?P<comma>\d{1,12},\d{1,2}(?!\d))"
    r"|(?P<number>\d{1,12}(?:,\d{3}(?!\d)){0,4}(?:\.\d{1,12})?)"
    r"|(?P<word>\b(?:and|or|with|for|so|if|then|since|because|where|when|as|is|are|in|of|s\.?t)\b)"
    r"|(?P<name>[A-Za-z]\w{0,30}(?:\[[^\][\n]{1,20}\]){0,2})"
    r"|(?P<sign>[-+−])|(?P<times>[*×·])|(?P<other>\S)"
)
_SPOILS = frozenset("/⁄^)(]\\∑∏|'\"%{}≠√≈±∀")
_COMMAND = re.compile(r"(?:min|max)(?:imi[sz](?:e|ing))?", re.IGNORECASE)
_INDEXED = re.compile(r"_[a-z](?:_|$)|\[[a-z]")
_BULLET = re.compile(r"^\s{0,12}(?:[-*•]|\d{1,2}[.)])\s{1,4}")
_TARGET = re.compile(
    r"\b(?:maximi[sz]|minimi[sz]|max\b|min\b|objective|profit|cost|revenue|z\b)", re.I
)


class Statement(NamedTuple):
    """A constraint, or an objective's sorted coefficients, with its line's place in the text."""

    form: Form
    names: frozenset[str]
    start: int
    end: int


class _Token(NamedTuple):
    kind: str
    text: str


def constraints_in(text: str) -> Iterator[Statement]:
    """The constraints of a text, in order; signs of variables and definitions are none."""
    for start, line in lines(text):
        if _RELATED.search(line):
            for relation, left, right in _relations(_tokens(line)):
                defines = relation == "=" and (_is_name(left) or _is_name(right))
                form = None if defines else _form(relation, left, right)
                if form:
                    names = frozenset(name for name in {*left, *right} if name)
                    yield Statement(form, names, start, start + len(line))


def objectives_in(text: str) -> Iterator[Statement]:
    """Sums of two terms or more that are called the objective, by their sorted coefficients."""
    told = ""
    for start, line in lines(text):
        named, told = _TARGET.search(line) or _TARGET.search(told), line
        tokens = _tokens(line) if named else []
        for terms in (*_defined(tokens), *_commanded(tokens)):
            if len([name for name in terms if name]) > 1:
                form: Form = ("eq", _sorted(terms), 0.0)
                yield Statement(form, frozenset(terms), start, start + len(line))


def _defined(tokens: Sequence[_Token]) -> Iterator[Sum]:
    """The sums that a name alone is said to be."""
    for relation, left, right in _relations(tokens):
        if relation == "=" and _is_name(left):
            yield right


def _commanded(tokens: Sequence[_Token]) -> Iterator[Sum]:
    """The sums that follow `min`, `maximize` and the like."""
    for at, token in enumerate(tokens):
        if token.kind == "name" and _COMMAND.fullmatch(token.text):
            follows = _sum_behind(tokens, at)
            if follows:
                yield follows


def rows_of(model: SolvedModel) -> frozenset[Form]:
    """Every constraint of a model as solved, bounds of variables with them."""
    forms: set[Form | None] = set()
    for row in model.rows:
        forms |= _both(_named(row.terms), row.lower, row.upper)
    for at, variable in enumerate(model.variables):
        forms |= _both({str(at): 1.0}, variable.lower, variable.upper)
    return frozenset(form for form in forms if form)


def objective_of(model: SolvedModel) -> tuple[float, ...]:
    """The sorted sizes of the objective's coefficients."""
    return _sorted(_named(model.objective))


def _is_name(terms: Sum) -> bool:
    """Whether a side of an equation is a name alone: then the equation is its definition."""
    return len(terms) == 1 and "" not in terms and list(terms.values()) == [1]


def _both(terms: Sum, lower: float | None, upper: float | None) -> set[Form | None]:
    if lower is not None and lower == upper:
        return {_form("=", terms, {"": lower})}
    return {
        _form(sign, terms, {"": side})
        for sign, side in ((">", lower), ("<", upper))
        if side is not None
    }


def _named(terms: Terms) -> Sum:
    return {str(at): value for at, value in terms}


def _sorted(terms: Sum) -> tuple[float, ...]:
    return tuple(sorted(round(abs(value), 6) for name, value in terms.items() if name and value))


def _form(relation: str, left: Sum, right: Sum) -> Form | None:
    """One form for all that say the same, None for what is no constraint to compare."""
    terms = {name: left.get(name, 0.0) - right.get(name, 0.0) for name in {*left, *right} - {""}}
    terms = {name: value for name, value in terms.items() if value}
    side = right.get("", 0.0) - left.get("", 0.0)
    if not terms or (len(terms) == 1 and (not side or relation[0] == "=")):
        return None
    most = max(abs(value) for value in terms.values())
    turn = -1.0 if relation[0] in ">≥" else 1.0
    values = tuple(sorted(round(turn * value / most, 6) for value in terms.values()))
    bound = round(turn * side / most, 6) + 0.0
    if relation[0] != "=":
        return ("le", values, bound)
    turned = tuple(sorted(-value for value in values))
    return ("eq", *max((values, bound), (turned, -bound + 0.0)))


def _tokens(line: str) -> list[_Token]:
    flat = plain(_BULLET.sub("", line))
    return [_Token(found.lastgroup or "", found.group()) for found in _TOKEN.finditer(flat)]


def _relations(tokens: Sequence[_Token]) -> Iterator[tuple[str, Sum, Sum]]:
    """Each relation between two sums; a chain `a ≥ b = c` of numbers ends in its last."""
    for at, token in enumerate(tokens):
        if token.kind == "relation":
            left, right = _sum_before(tokens, at), _sum_behind(tokens, at)
            if left and right is not None:
                yield token.text, left, right


def _sum_before(tokens: Sequence[_Token], at: int) -> Sum | None:
    start = at
    while start and _goes_on(tokens, start - 1, at):
        start -= 1
    spoilt = start and _spoils(tokens[start - 1])
    return None if spoilt else _sum(tokens[start:at])


def _sum_behind(tokens: Sequence[_Token], at: int) -> Sum | None:
    end = at + 1
    while end < len(tokens) and tokens[end].kind not in ("other", "relation", "word", "comma"):
        if end > at + 1 and _apart(tokens[end - 1], tokens[end]):
            break
        end += 1
    spoilt = end < len(tokens) and _spoils(tokens[end])
    return None if spoilt else _sum(tokens[at + 1 : end])


def _spoils(token: _Token) -> bool:
    """Whether a sum that stops here goes on in a way that can't be read, as `11,5` does."""
    return token.kind == "comma" or token.text in _SPOILS


def _goes_on(tokens: Sequence[_Token], one: int, end: int) -> bool:
    if tokens[one].kind in ("other", "relation", "word", "comma"):
        return False
    return one + 1 == end or not _apart(tokens[one], tokens[one + 1])


def _apart(one: _Token, other: _Token) -> bool:
    """Whether two neighbours can't belong to one sum: words, or a word before a number."""
    operands = ("number", "name")
    if one.kind not in operands or other.kind not in operands:
        return False
    return not (one.kind == "number" and other.kind == "name")


def _sum(tokens: Sequence[_Token]) -> Sum | None:
    """The terms, or None where the tokens are no sum."""
    total: Sum = {}
    sign, factor, name, filled = 1.0, 1.0, "", False
    for token in (*tokens, _Token("sign", "+")):
        if token.kind == "sign":
            if filled:
                total[name] = total.get(name, 0.0) + sign * factor
            elif total:
                return None
            sign, factor, name, filled = (1.0 if token.text == "+" else -1.0), 1.0, "", False
        elif token.kind == "number":
            factor, filled = factor * float(token.text.replace(",", "")), True
        elif token.kind == "name":
            if name or _INDEXED.search(token.text):
                return None
            name, filled = token.text, True
    return total or None
