"""A small linear model: what a generated problem asks for, what a trace states, what it codes.

Promises: the three are of one type, so a flaw is one model in the place of another. Solved by
HiGHS in this process: the models are this package's own, no text of a model is executed.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal

Sense = Literal["maximize", "minimize"]
Domain = Literal["integer", "continuous", "binary", "share"]
"""`share` is a part of one thing, from 0 to 1."""
Relation = Literal["<=", ">=", "=="]

OPPOSITE: dict[Sense, Sense] = {"maximize": "minimize", "minimize": "maximize"}
TURNED: dict[Relation, Relation] = {"<=": ">=", ">=": "<=", "==": ">="}
ADD: dict[Domain, tuple[str, tuple[int, ...]]] = {
    "integer": ("addIntegral", ()),
    "continuous": ("addVariable", ()),
    "binary": ("addBinary", ()),
    "share": ("addVariable", (0, 1)),
}
"""How highspy adds a variable of each domain: its method and the bounds that it gets."""


@dataclass(frozen=True)
class Row:
    """One constraint: `coefficients` of the variables, in their order, against `limit`."""

    name: str
    coefficients: tuple[float, ...]
    relation: Relation
    limit: float


@dataclass(frozen=True)
class Linear:
    """Variables of one domain, each at least 0, an objective and rows."""

    sense: Sense
    costs: tuple[float, ...]
    rows: tuple[Row, ...]
    domain: Domain

    def turned(self) -> "Linear":
        """The same with the sense of the objective turned round."""
        return replace(self, sense=OPPOSITE[self.sense])

    def with_row(self, at: int, row: Row | None) -> "Linear":
        """The same with another row in the place of row `at`, or with none there."""
        rows = (*self.rows[:at], *((row,) if row else ()), *self.rows[at + 1 :])
        return replace(self, rows=rows)


@dataclass(frozen=True)
class Solved:
    """What HiGHS found; `objective` means something where the status is Optimal."""

    status: str
    objective: float
    values: tuple[float, ...]

    @property
    def printed(self) -> str:
        """What a program of a trace prints of it."""
        return f"{self.status} {round(self.objective, 2)}\n"

    @property
    def answer(self) -> str:
        """The objective as such a program prints it."""
        return str(round(self.objective, 2))


@lru_cache(maxsize=4096)
def solve(model: Linear) -> Solved:
    """The model solved to optimality by HiGHS."""
    import highspy

    highs = highspy.Highs()
    highs.silent()
    method, bounds = ADD[model.domain]
    variables = [getattr(highs, method)(*bounds) for _ in model.costs]
    for row in model.rows:
        highs.addConstr(_related(_total(row.coefficients, variables), row))
    optimize = highs.maximize if model.sense == "maximize" else highs.minimize
    optimize(_total(model.costs, variables))
    status = highs.modelStatusToString(highs.getModelStatus())
    values = tuple(highs.val(x) for x in variables) if status == "Optimal" else ()
    return Solved(status, highs.getObjectiveValue(), values)


def _total(coefficients: tuple[float, ...], variables: list[Any]) -> Any:
    return sum(a * x for a, x in zip(coefficients, variables, strict=True))


def _related(total: Any, row: Row) -> Any:
    if row.relation == "==":
        return total == row.limit
    return total <= row.limit if row.relation == "<=" else total >= row.limit
