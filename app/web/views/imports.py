"""An upload before and after its import: found fields and first rows, then the report."""

from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import Any

from app.actions.import_file import ImportReport, What
from app.backends.importers import PEERS, BadRow, Kind, Row
from app.core.annotation import COLUMN
from app.core.fields import NAMES, BadField, find_mapping, problem_from_row
from app.core.imported import trace_from_row
from app.core.model import Frozen

SHORT = 160
SHOWN_FAILURES = 500


class FieldChoice(Frozen):
    """A field of a problem, and the column that it would be read from."""

    name: str
    column: str


class PreviewLine(Frozen):
    """A row as it would be taken: its cells, cut short, or why it would not be (`reason`)."""

    number: int
    cells: tuple[str, ...]
    annotations: int = 0
    reason: str = ""


class ImportView(Frozen):
    """`rows` are the first rows, their cells in the order of `columns`; `peer` is whose export."""

    token: str
    filename: str
    what: str
    columns: tuple[str, ...] = ()
    fields: tuple[FieldChoice, ...] = ()
    rows: tuple[PreviewLine, ...] = ()
    peer: str = ""
    annotated: bool = False
    report: ImportReport | None = None
    shown: int = SHOWN_FAILURES


def preview(what: What, kind: Kind, rows: Sequence[Row | BadRow]) -> dict[str, Any]:
    """The columns of the first rows, which of them would be which field, and their cells."""
    data = [row.data for row in rows if isinstance(row, Row)]
    columns = [name for name in dict.fromkeys(chain(*data)) if name != COLUMN]
    found: Mapping[Any, str] = find_mapping(data[0]) if data else {}
    fields = [name for name in NAMES if what == "traces" or name != "response"]
    return {
        # A column inside a column is found by itself, and can be chosen only then.
        "columns": tuple(dict.fromkeys([*columns, *found.values()])),
        "fields": tuple(FieldChoice(name=name, column=found.get(name, "")) for name in fields),
        "rows": tuple(_line(what, row, columns) for row in rows),
        "peer": PEERS[kind].name if kind in PEERS else "",
        "annotated": any(COLUMN in each for each in data),
    }


def _line(what: What, row: Row | BadRow, columns: Sequence[str]) -> PreviewLine:
    if isinstance(row, BadRow):
        return PreviewLine(number=row.number, cells=("",) * len(columns), reason=row.reason)
    said = row.data.get(COLUMN)
    return PreviewLine(
        number=row.number,
        cells=tuple(_short(row.data.get(column)) for column in columns),
        annotations=len(said) if isinstance(said, list) else 0,
        reason=_refusal(what, row),
    )


def _refusal(what: What, row: Row) -> str:
    read: Callable[[Mapping[str, Any]], object]
    read = trace_from_row if what == "traces" else problem_from_row
    try:
        read(row.data)
    except BadField as error:
        return str(error)
    return ""


def _short(cell: object) -> str:
    text = "" if cell is None else cell if isinstance(cell, str) else repr(cell)
    return text if len(text) <= SHORT else f"{text[:SHORT]}…"
