"""A generated word problem with its true model, and the words in which a trace speaks of it."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Literal

from training.mini.linear import Linear, Solved, solve

Shape = Literal["letters", "table"]
"""How a program writes the variables: one letter each, or as a table with rows and columns."""
LETTERS = "xyzw"


@dataclass(frozen=True)
class Small:
    """A problem of one family. `things` are what the variables count, or the sides of a table.

    `asked` is what the question asks for. `size` is rows and columns of a table.
    """

    family: str
    question: str
    model: Linear
    things: tuple[str, ...]
    asked: str
    shape: Shape = "letters"
    size: tuple[int, int] = (0, 0)

    @property
    def solved(self) -> Solved:
        """What HiGHS says of the true model."""
        return solve(self.model)


Family = Callable[[Random], Small]


def whole(rng: Random, low: int, high: int, count: int) -> tuple[int, ...]:
    """So many whole numbers from `low` to `high`."""
    return tuple(rng.randint(low, high) for _ in range(count))


def listed(items: tuple[str, ...] | list[str]) -> str:
    """Items as a sentence has them: a, b and c."""
    return f"{', '.join(items[:-1])} and {items[-1]}" if len(items) > 1 else items[0]
