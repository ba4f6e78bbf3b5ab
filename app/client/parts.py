"""Rows in parts that one request can hold.

Promises: the order stays, and nothing is left out: a row that no request can hold comes as the
reason why.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError

Row = dict[str, Any]
_TOO_LARGE = "It is larger than the 2 MB that can be sent at once."
_UNTEXT = "It holds something that is no text, number or list."
MOST_ROWS = 1000
MOST_BYTES = 1_900_000
"""Below the 2 MB that the API takes, by what stands around the rows."""


def parts_of(rows: Iterable[Row]) -> Iterator[tuple[Row, ...] | str]:
    """The parts; what can't be sent comes at its place, as the reason."""
    part: list[Row] = []
    size = 0
    for row in rows:
        needs = _size(row)
        whole = needs is not None and needs <= MOST_BYTES
        if part and (not whole or len(part) == MOST_ROWS or size + (needs or 0) > MOST_BYTES):
            yield tuple(part)
            part, size = [], 0
        if whole:
            part.append(row)
            size += needs or 0
        else:
            yield _UNTEXT if needs is None else _TOO_LARGE
    if part:
        yield tuple(part)


def _size(row: Row) -> int | None:
    """How many bytes a row needs; None where it holds what no JSON can."""
    try:
        return len(TypeAdapter(Row).dump_json(row)) + 1
    except PydanticSerializationError:
        return None
