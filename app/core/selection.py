"""What of a project goes into a dataset, and into which split: everything that can be chosen.

The defaults are the preset `golden`, the filter of CALM (arXiv 2510.04204): the path ends right, a
person found no uncorrected flaw in it, and one such path a trace.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from app.core.lifecycle import VerdictDecision
from app.core.model import Frozen

Share = Annotated[float, Field(ge=0, le=0.9)]
Count = Annotated[int, Field(ge=1, le=2**31 - 1)]
Balance = Literal["source", "flaw", "difficulty"]
Near = Literal["leave-out", "mark"]


class Splits(Frozen):
    """The shares of problems that go into `validation` and `test`; the rest is `train`.

    By problem, and near-duplicates stay together. `seed` deals them in another way.
    """

    validation: Share = 0.0
    test: Share = 0.0
    seed: int = 0

    @model_validator(mode="after")
    def _some_left(self) -> "Splits":
        if self.validation + self.test > 0.9:
            raise ValueError("the shares of validation and test leave less than a tenth to train")
        return self


class Selection(Frozen):
    """Which rows: an empty tuple and None choose all.

    `any_actor` also takes what policies and scripts decided; `all_branches` every judged branch of
    a trace, not its newest; `agreed` only what at least two people judged alike, each before they
    saw the others'. Lengths are the Reasoner's and hint tokens of a path, dates are of the verdict,
    people are ids of users.
    `golden_problems` and `unchecked` are for formats of problems: only those with a golden trace;
    also those whose reference nobody checked. `sample` keeps so many rows, as many of each value of
    `balance` as there can be. `near` says what becomes of problems close to an evaluation's.
    """

    verdicts: tuple[VerdictDecision, ...] = ("golden",)
    any_actor: bool = False
    all_branches: bool = False
    agreed: bool = False
    flaws: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    difficulties: tuple[str, ...] = ()
    people: tuple[Count, ...] = ()
    since: date | None = None
    until: date | None = None
    shortest: Count | None = None
    longest: Count | None = None
    golden_problems: bool = False
    unchecked: bool = False
    sample: Count | None = None
    balance: Balance | None = None
    seed: int = 0
    splits: Splits = Splits()
    near: Near = "leave-out"
