"""The reference of a problem: what its source says the answer is.

Promises: any value that a file can hold becomes a reference, without an error; what can't be read
with certainty is `unknown`, to be recorded by a person, and never a guess.
"""

import json
import re
from decimal import Decimal
from typing import Literal, Self

from pydantic import model_validator

from app.core.answer.reading import LONGEST, read_outcome, read_quantity
from app.core.latex import plain
from app.core.model import Frozen
from app.core.numbers import Quantity

_PLACEHOLDERS = frozenset({Decimal(-99999)})
"""Published IndustryOR rows carry -99999 where there is no answer."""
_ALTERNATIVES = re.compile(r"\s*(?:[;|]|\bor\b)\s*")


class Reference(Frozen):
    """What is accepted as the answer.

    `values` are the accepted numbers as printed in the source, so that the worth of the last digit
    is known; they are there exactly where the kind is `number`. `no-optimum` is either of
    infeasible and unbounded, where the source says no more.
    """

    kind: Literal["number", "infeasible", "unbounded", "no-optimum", "unknown"]
    values: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _has_readable_values(self) -> Self:
        if (self.kind == "number") != bool(self.values):
            raise ValueError("a reference has values where it is a number, and only there")
        if any(read_quantity(value) is None for value in self.values):
            raise ValueError("a reference's values are numbers")
        return self

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """The values, read."""
        return tuple(found for value in self.values if (found := read_quantity(value)))

    @property
    def text(self) -> str:
        """As one text that `parse_reference` reads back."""
        return " or ".join(self.values) or self.kind


UNKNOWN = Reference(kind="unknown")


def parse_reference(raw: object) -> Reference:
    """Read a reference from a cell of a file: a number, a text, or a list of accepted numbers."""
    if isinstance(raw, str):
        return _from_text(raw.strip())
    return _from_items(raw if isinstance(raw, list | tuple) else [raw])


def _from_text(text: str) -> Reference:
    if len(text) > LONGEST:
        return UNKNOWN
    if outcome := read_outcome(text):
        return Reference(kind=outcome)
    if text.startswith("["):
        return _from_items(_json_list(text))
    return _from_items(_ALTERNATIVES.split(text))


def _from_items(items: list[object] | list[str] | tuple[object, ...]) -> Reference:
    printed = [_printed(item) for item in items]
    values = tuple(dict.fromkeys(value for value in printed if value is not None))
    if not values or None in printed:
        return UNKNOWN
    return Reference(kind="number", values=values)


def _printed(item: object) -> str | None:
    """The number of one item as it is printed, without what stands around it."""
    if isinstance(item, bool) or not isinstance(item, str | int | float | Decimal):
        return None
    if isinstance(item, int) and item.bit_length() > LONGEST:
        return None
    text = str(item)
    found = read_quantity(text)
    if found is None or found.value in _PLACEHOLDERS:
        return None
    return plain(text)[found.start : found.end].replace("⁄", "/")


def _json_list(text: str) -> list[object]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return []
    return found if isinstance(found, list) else []
