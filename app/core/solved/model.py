"""The types of a model as solved, and of what examining it found.

Promises: every term is about a variable that is there; nothing is larger than a page can bear. The
text comes from a hostile file, so names are words of no meaning and are escaped where shown.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from app.core.execution import Number, Seconds
from app.core.model import Frozen

EXAMINATION_VERSION: Literal[2] = 2
Name = Annotated[str, Field(max_length=200)]
Terms = tuple[tuple[Annotated[int, Field(ge=0)], Number], ...]
"""Coefficients by the index of their variable."""
MOST = 10_000
"""Variables, rows, and terms of one row."""


class Variable(Frozen):
    """A bound of None is none."""

    name: Name
    lower: Number | None = 0.0
    upper: Number | None = None
    integer: bool = False

    @property
    def binary(self) -> bool:
        """Whether it is 0 or 1."""
        return self.integer and self.lower == 0 and self.upper == 1


class Row(Frozen):
    """lower <= the sum of its terms <= upper; equal bounds are an equation, None is no bound."""

    name: Name
    terms: Annotated[Terms, Field(max_length=MOST)]
    lower: Number | None = None
    upper: Number | None = None


class SolvedModel(Frozen):
    """A linear model with variables that may have to be integer."""

    version: Literal[1] = 1
    sense: Literal["min", "max"]
    objective: Annotated[Terms, Field(max_length=MOST)] = ()
    constant: Number = 0.0
    variables: Annotated[tuple[Variable, ...], Field(max_length=MOST)]
    rows: Annotated[tuple[Row, ...], Field(max_length=MOST)] = ()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        count = len(self.variables)
        if any(at >= count for terms in self._all_terms() for at, _ in terms):
            raise ValueError("a term is about a variable that the model does not have")
        return self

    @property
    def integers(self) -> int:
        """Variables that have to be integer, binary ones with them."""
        return sum(variable.integer for variable in self.variables)

    def _all_terms(self) -> list[Terms]:
        return [self.objective, *(row.terms for row in self.rows)]


class Optimum(Frozen):
    """What solving again gave, with the status in the solver's words."""

    status: str = Field(max_length=200)
    objective: Number | None = None
    seconds: Seconds = 0.0


class Conflict(Frozen):
    """Rows (by name) and bounds (as `x ≤ 4`) that can't all hold, none of which can be left out."""

    rows: Annotated[tuple[Name, ...], Field(max_length=MOST)] = ()
    bounds: Annotated[tuple[Name, ...], Field(max_length=MOST)] = ()


class Examination(Frozen):
    """What trusted code found in an exported model.

    `relaxed` is the optimum with no variable having to be integer, where some has to; `whole` is
    the one with all having to be, where some has not; `conflict` is why an infeasible model is.
    `problem` says why there is less than that, "" for nothing.
    """

    version: Literal[2] = EXAMINATION_VERSION
    model: SolvedModel | None = None
    solved: Optimum | None = None
    relaxed: Optimum | None = None
    whole: Optimum | None = None
    conflict: Conflict | None = None
    problem: str = Field("", max_length=300)

    @model_validator(mode="before")
    @classmethod
    def _lift(cls, stored: Any) -> Any:
        """Version 1 knew no optimum in whole numbers."""
        if isinstance(stored, dict) and stored.get("version") == 1:
            return stored | {"version": EXAMINATION_VERSION}
        return stored
