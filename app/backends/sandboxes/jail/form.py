"""A linear model in one form, whatever library holds it, and its text as free-format MPS.

Promises: names become words that a reader can take (no white space, none twice, none empty); the
text is no longer than `MODEL_BYTES`, else there is none and a note says why; a model that is not
linear has no text here rather than a wrong one. Source: the free MPS format, as HiGHS reads it.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

Facts = dict[str, Any]

MODEL_BYTES = 256 * 1024
MOST_NONZEROS = 20_000
"""More never fits into `MODEL_BYTES`, and is only counted."""

_INFINITE = 1e20
_NAME = 80
_OBJECTIVE = "Objective"


class Column(NamedTuple):
    """A variable; a bound may be infinite, as each library has it."""

    name: str
    lower: float
    upper: float
    integer: bool
    cost: float


class Row(NamedTuple):
    """A constraint: lower <= the sum of coefficients times columns (by index) <= upper."""

    name: str
    lower: float
    upper: float
    terms: Sequence[tuple[int, float]]


class Form(NamedTuple):
    """`rows` may be a generator. `beyond` says what in the model is not linear, "" for nothing.

    `own` is the library's own text of such a model, and the name of its format.
    """

    maximize: bool
    columns: Sequence[Column]
    rows: Iterable[Row]
    constant: float = 0.0
    beyond: str = ""
    own: tuple[str, str] = ("", "")


def describe(form: Form) -> Facts:
    """The counts of a model and its text, as the fields of a solve."""
    kept: list[Row] = []
    rows = nonzeros = 0
    for row in form.rows:
        rows, nonzeros = rows + 1, nonzeros + len(row.terms)
        if nonzeros <= MOST_NONZEROS:
            kept.append(row)
    integer = [column for column in form.columns if column.integer]
    binaries = sum(1 for column in integer if column.lower == 0 and column.upper == 1)
    counts = {
        "sense": "max" if form.maximize else "min",
        "variables": len(form.columns),
        "continuous": len(form.columns) - len(integer),
        "integers": len(integer) - binaries,
        "binaries": binaries,
        "rows": rows,
        "nonzeros": nonzeros,
    }
    if form.beyond:
        return counts | _own(form)
    if nonzeros > MOST_NONZEROS or len(form.columns) > MOST_NONZEROS or rows > MOST_NONZEROS:
        return counts | {"note": "It is too large to be exported."}
    return counts | _fitting("mps", "\n".join(_mps(form, kept)) + "\n", "")


def _own(form: Form) -> Facts:
    note = f"It is not linear: it has {form.beyond}."
    kind, text = form.own
    return _fitting(kind, text, note) if text else {"note": note[:200]}


def _fitting(kind: str, text: str, note: str) -> Facts:
    if len(text.encode("utf-8", "replace")) > MODEL_BYTES:
        return {"note": f"{note} It is too large to be exported.".strip()[:200]}
    return {"format": kind, "model": text, "note": note[:200]}


def _mps(form: Form, rows: Sequence[Row]) -> Iterator[str]:
    names = _words((row.name for row in rows), "row", {_OBJECTIVE})
    columns = _words((column.name for column in form.columns), "x", set())
    yield "NAME model"
    if form.maximize:
        yield "OBJSENSE\n MAX"
    yield f"ROWS\n N {_OBJECTIVE}"
    yield from (f" {_kind(row)} {name}" for name, row in zip(names, rows, strict=True))
    yield "COLUMNS"
    yield from _entries(form.columns, columns, rows, names)
    yield "RHS"
    if form.constant:
        yield f" RHS {_OBJECTIVE} {_number(-form.constant)}"
    for name, row in zip(names, rows, strict=True):
        side = row.upper if _finite(row.upper) else row.lower
        if _finite(side) and side:
            yield f" RHS {name} {_number(side)}"
    yield "RANGES"
    for name, row in zip(names, rows, strict=True):
        if _finite(row.lower) and _finite(row.upper) and row.lower != row.upper:
            yield f" RANGE {name} {_number(row.upper - row.lower)}"
    yield "BOUNDS"
    for name, column in zip(columns, form.columns, strict=True):
        yield from _bounds(name, column)
    yield "ENDATA"


def _entries(
    columns: Sequence[Column], names: Sequence[str], rows: Sequence[Row], row_names: Sequence[str]
) -> Iterator[str]:
    entries: list[dict[str, float]] = [{_OBJECTIVE: column.cost} for column in columns]
    for row_name, row in zip(row_names, rows, strict=True):
        for at, value in row.terms:
            entries[at][row_name] = entries[at].get(row_name, 0.0) + value
    integer = False
    for name, column, cells in zip(names, columns, entries, strict=True):
        if column.integer != integer:
            integer = column.integer
            yield f" MARKER 'MARKER' '{'INTORG' if integer else 'INTEND'}'"
        for row_name, value in cells.items():
            yield f" {name} {row_name} {_number(value)}"
    if integer:
        yield " MARKER 'MARKER' 'INTEND'"


def _bounds(name: str, column: Column) -> Iterator[str]:
    """Both bounds, always: readers disagree on what an integer column without any may be."""
    lower, upper = column.lower, column.upper
    if not _finite(lower) and not _finite(upper):
        yield f" FR BOUND {name}"
        return
    yield f" LO BOUND {name} {_number(lower)}" if _finite(lower) else f" MI BOUND {name}"
    yield f" UP BOUND {name} {_number(upper)}" if _finite(upper) else f" PL BOUND {name}"


def _kind(row: Row) -> str:
    if not _finite(row.upper):
        return "G" if _finite(row.lower) else "N"
    return "E" if row.lower == row.upper else "L"


def _words(names: Iterable[str], stem: str, taken: set[str]) -> list[str]:
    found = []
    for number, name in enumerate(names):
        word = "_".join(str(name).split())[:_NAME].lstrip("$*") or f"{stem}{number}"
        if not word.isprintable() or word in taken:
            word = f"{stem}{number}"
        while word in taken:
            word += "_"
        taken.add(word)
        found.append(word)
    return found


def _finite(value: float) -> bool:
    return math.isfinite(value) and abs(value) < _INFINITE


def _number(value: float) -> str:
    """As short as it can be and still be the same number."""
    value = float(value)
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
