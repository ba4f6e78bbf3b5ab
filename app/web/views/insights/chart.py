"""A chart as data: one table that the page shows, a script draws, and a CSV file holds."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Literal

from app.core.model import Frozen
from app.core.scores import wilson

Cell = str | int | float | None
Unit = Literal["", "%"]
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""


class Column(Frozen):
    """A column of numbers; those that are not `drawn` stand in the table alone.

    `tone` is the colour, counted from 1, None for the next one.
    """

    title: str
    unit: Unit = ""
    drawn: bool = True
    tone: int | None = None


class Row(Frozen):
    """A line of the table: what it is about, and a number for each column, None for none."""

    label: str
    cells: tuple[Cell, ...]


class Chart(Frozen):
    """`told` says what is counted, `note` what it comes to; `empty` what is missing for it.

    `kind` is how it is drawn: upright bars, lines, or lying bars for long labels.
    """

    name: str
    title: str
    told: str
    head: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    empty: str
    note: str = ""
    kind: Literal["bar", "line", "lying"] = "bar"
    stacked: bool = False

    @property
    def has_data(self) -> bool:
        """Whether there is anything to draw."""
        drawn = [at for at, column in enumerate(self.columns) if column.drawn]
        return any(row.cells[at] is not None for row in self.rows for at in drawn)


def csv_of(chart: Chart) -> str:
    """The table as CSV; a label can't become a formula in a spreadsheet."""
    text = io.StringIO()
    writer = csv.writer(text)
    heads = [chart.head, *(_with_unit(column) for column in chart.columns)]
    writer.writerow(map(harmless, heads))
    for row in chart.rows:
        writer.writerow([harmless(row.label), *map(_plain, row.cells)])
    return text.getvalue()


def percent(part: int, whole: int) -> float | None:
    """A share in percent; None of nothing."""
    return 100 * part / whole if whole else None


def interval(part: int, whole: int) -> str:
    """The 95% interval of a share, as `41 to 63`; "" of nothing."""
    found = wilson(part, whole)
    return f"{100 * found[0]:.0f}–{100 * found[1]:.0f}" if found else ""


def counted(labels: Iterable[str], cells: Iterable[Sequence[Cell]]) -> tuple[Row, ...]:
    """Rows out of labels and their cells."""
    return tuple(
        Row(label=label, cells=tuple(each)) for label, each in zip(labels, cells, strict=True)
    )


def _with_unit(column: Column) -> str:
    return f"{column.title} ({column.unit})" if column.unit else column.title


def _plain(cell: Cell) -> Cell:
    if isinstance(cell, float):
        return f"{cell:.6g}"
    return harmless(cell) if isinstance(cell, str) else cell


def harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
