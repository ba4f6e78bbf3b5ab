"""The model of a problem in a trace's words, sentence by sentence."""

from collections.abc import Sequence

from training.mini.linear import Domain, Linear, Row
from training.mini.problem import LETTERS, Small, listed

WORDS: dict[Domain, str] = {
    "integer": "whole numbers",
    "continuous": "at least 0",
    "binary": "0 or 1",
    "share": "from 0 to 1",
}
Groups = tuple[tuple[int, ...], ...]
"""Which rows one sentence and one piece of a program speak of."""


def groups(small: Small) -> Groups:
    """A row each; of a table, the rows of its one side and those of the other."""
    if small.shape == "letters":
        return tuple((at,) for at in range(len(small.model.rows)))
    rows, columns = small.size
    return tuple(range(rows)), tuple(range(rows, rows + columns))


def variables(small: Small, domain: Domain) -> str:
    """What is decided, and where it may lie."""
    if small.shape == "letters":
        letters = ", ".join(LETTERS[: len(small.things)])
        return f"Let {letters} be the {listed(small.things)}, {WORDS[domain]}.\n"
    one, other = small.things
    return f"Let x[i][j] be what joins the {one} i and the {other} j, {WORDS[domain]}.\n"


def objective(small: Small, model: Linear) -> str:
    """What is to be as large or as small as can be."""
    what = total(model.costs, "") if small.shape == "letters" else "the sum of c[i][j] x[i][j]"
    return f"{model.sense.capitalize()} {what}.\n"


def constraint(small: Small, rows: Sequence[Row]) -> str:
    """A group of rows in a sentence."""
    first = rows[0]
    if small.shape == "letters":
        left = total(first.coefficients, "")
        return f"{first.name.capitalize()}: {left} {first.relation} {first.limit:g}.\n"
    side = "row" if first.coefficients[1] else "column"
    limit = "1" if first.relation == "==" else f"its {'supply' if side == 'row' else 'demand'}"
    return f"Each {side} adds up to {first.relation} {limit}.\n"


def total(coefficients: Sequence[float], times: str) -> str:
    """A weighted sum of the letters, with `times` between a number and its letter."""
    terms = zip(coefficients, LETTERS, strict=False)
    return " + ".join(f"{'' if c == 1 else f'{c:g}{times}'}{x}" for c, x in terms if c)
