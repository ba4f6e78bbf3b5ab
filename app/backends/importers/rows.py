"""What every importer gives: rows and bad rows."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from app.core.errors import Invalid

LONGEST_ROW = 8 * 2**20
"""Bytes (characters in CSV): far beyond any trace, and small enough to hold."""
DEEPEST = 100
"""Levels of lists and objects in one another: what stores and shows a row goes into each."""


class UnreadableFile(Invalid):
    """The whole file can't be read; the message says why, in plain words."""


class LeftOut(NamedTuple):
    """Something of a row that is not taken, and why."""

    what: str
    why: str


class Row(NamedTuple):
    """A row: `number` is its line, or in JSON arrays and Parquet its place, counted from 1."""

    number: int
    data: dict[str, Any]
    left_out: tuple[LeftOut, ...] = ()


class BadRow(NamedTuple):
    """A row that can't be read, and why."""

    number: int
    reason: str


def too_deep(data: object) -> bool:
    """Whether lists and objects lie in one another deeper than `DEEPEST`."""
    level: list[object] = [data]
    for _level in range(DEEPEST):
        level = [inner for each in level for inner in _inside(each)]
    return bool(level)


def _inside(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
