"""Rows in parts that one request can hold.

Promises: the order stays, and nothing is left out: a row that no request can hold comes as the
reason why.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

Row = dict[str, Any]
MOST_ROWS = 1000
MOST_BYTES = 1_900_000
"""Below the 2 MB that the API takes, by what stands around the rows."""


def parts_of(rows: Iterable[Row]) -> Iterator[tuple[Row, ...] | str]:
    """The parts; what can't be sent comes at its place, as the reason."""
    part: list[Row] = []
    size = 0
    for row in rows:
        needs = _size(row)
        if part and (len(part) == MOST_ROWS or size + needs > MOST_BYTES):
            yield tuple(part)
            part, size = [], 0
        if needs > MOST_BYTES:
            yield "It is larger than the 2 MB that can be sent at once."
        else:
            part.append(row)
            size += needs
    if part:
        yield tuple(part)


def _size(row: Row) -> int:
    return len(json.dumps(row, ensure_ascii=False, default=str).encode("utf-8", "replace")) + 1
