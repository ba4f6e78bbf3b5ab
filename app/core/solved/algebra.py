"""A model written for people: a line for the objective, one for each row, and the variables.

Promises: tokens joined give the line as plain text, and say which parts are numbers and names, so
that a page can mark them; no more than `most` rows and groups of variables each, with a line that
counts the rest. `latex` writes the same lines for a paper.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Literal, NamedTuple

from app.core.solved.model import Row, SolvedModel, Terms, Variable

MOST_LINES = 60
MOST_TERMS = 40
_LATEX = {"≤": r"\le", "≥": r"\ge", "∈": r"\in", "−": "-", "…": r"\dots", "ℤ": r"\mathbb{Z}"}
_SPECIAL = re.compile(r"[^A-Za-z0-9]")


class Token(NamedTuple):
    """A part of a line; spaces are in `sign` and `word` tokens."""

    kind: Literal["number", "name", "sign", "word"]
    text: str


class Line(NamedTuple):
    """`label` is what it is about: max, min, a row's name, or "" for variables."""

    label: str
    tokens: tuple[Token, ...]

    @property
    def plain(self) -> str:
        """The line without its label."""
        return "".join(token.text for token in self.tokens)


def algebra(model: SolvedModel, most: int = MOST_LINES) -> tuple[Line, ...]:
    """The whole model, in the order: objective, rows, variables."""
    rows = [_row_line(model, row) for row in model.rows[:most]]
    groups = list(_variable_lines(model))
    return (
        Line(model.sense, tuple(_sum(model, model.objective, model.constant))),
        *rows,
        *_rest(len(model.rows) - most, "rows"),
        *groups[:most],
        *_rest(len(groups) - most, "groups of variables"),
    )


def latex(lines: Sequence[Line]) -> str:
    """The lines as an aligned display."""
    body = " \\\\\n".join(f"{_latex_label(line.label)} & {_latex(line)}" for line in lines)
    return f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}"


def number(value: float) -> str:
    """As a person writes it."""
    return f"{value:.10g}".replace("-", "−")


def _row_line(model: SolvedModel, row: Row) -> Line:
    body = list(_sum(model, row.terms, 0.0))
    if row.lower is not None and row.lower == row.upper:
        return Line(row.name, (*body, Token("sign", " = "), _number(row.lower)))
    before: tuple[Token, ...] = ()
    after: tuple[Token, ...] = ()
    if row.lower is not None and row.upper is not None:
        before = (_number(row.lower), Token("sign", " ≤ "))
    elif row.lower is not None:
        after = (Token("sign", " ≥ "), _number(row.lower))
    if row.upper is not None:
        after = (Token("sign", " ≤ "), _number(row.upper))
    return Line(row.name, (*before, *body, *(after or (Token("word", " is free"),))))


def _sum(model: SolvedModel, terms: Terms, constant: float) -> Iterator[Token]:
    for place, (at, value) in enumerate(terms[:MOST_TERMS]):
        yield from _signed(value, first=place == 0)
        if abs(value) != 1:
            yield _number(abs(value))
            yield Token("sign", " ")
        yield Token("name", model.variables[at].name)
    if len(terms) > MOST_TERMS:
        yield Token("word", f" + … {len(terms) - MOST_TERMS} more terms")
    if constant or not terms:
        yield from _signed(constant, first=not terms)
        yield _number(abs(constant))


def _signed(value: float, first: bool) -> Iterator[Token]:
    if not first:
        yield Token("sign", " − " if value < 0 else " + ")
    elif value < 0:
        yield Token("sign", "−")


def _variable_lines(model: SolvedModel) -> Iterator[Line]:
    """Variables of the same bounds and type, side by side in the model, on one line."""
    for _, group in groupby(model.variables, lambda it: (it.lower, it.upper, it.integer)):
        yield Line("", tuple(_group(list(group))))


def _group(variables: Sequence[Variable]) -> Iterator[Token]:
    one = variables[0]
    if not one.binary and one.lower is not None and one.upper is not None:
        yield _number(one.lower)
        yield Token("sign", " ≤ ")
    for place, variable in enumerate(variables[:MOST_TERMS]):
        if place:
            yield Token("sign", ", ")
        yield Token("name", variable.name)
    if len(variables) > MOST_TERMS:
        yield Token("word", f", … {len(variables) - MOST_TERMS} more")
    yield from _domain(one)


def _domain(one: Variable) -> Iterator[Token]:
    if one.binary:
        yield Token("sign", " ∈ {0, 1}")
        return
    if one.upper is not None:
        yield Token("sign", " ≤ ")
        yield _number(one.upper)
    elif one.lower is not None:
        yield Token("sign", " ≥ ")
        yield _number(one.lower)
    if one.integer:
        yield Token("word", " integer")
    elif one.lower is None and one.upper is None:
        yield Token("word", " free")


def _rest(count: int, what: str) -> tuple[Line, ...]:
    return (Line("", (Token("word", f"… {count} more {what}"),)),) if count > 0 else ()


def _number(value: float) -> Token:
    return Token("number", number(value))


def _latex_label(label: str) -> str:
    if label in ("min", "max"):
        return f"\\{label}"
    return f"\\text{{{_SPECIAL.sub(' ', label)}}}" if label else ""


def _latex(line: Line) -> str:
    return "".join(_latex_token(token) for token in line.tokens)


def _latex_token(token: Token) -> str:
    if token.kind == "name":
        base, *subscripts = [part for part in _SPECIAL.split(token.text) if part] or ["x"]
        mathit = base if len(base) == 1 else f"\\mathit{{{base}}}"
        return mathit + (f"_{{\\mathrm{{{','.join(subscripts)}}}}}" if subscripts else "")
    text = token.text.replace("{", r"\{").replace("}", r"\}")
    if token.kind == "word":
        return f"\\text{{{text.replace('…', '...')}}}"
    return "".join(f"{_LATEX[sign]} " if sign in _LATEX else sign for sign in text)
