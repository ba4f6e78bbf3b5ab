"""An upload before and after its import: found fields and first rows, then the report."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.actions.import_file import ImportReport
from app.core.fields import NAMES, find_mapping
from app.core.model import Frozen

SHORT = 160
SHOWN_FAILURES = 500


class FieldChoice(Frozen):
    """A field of a problem, and the column that it would be read from."""

    name: str
    column: str


class ImportView(Frozen):
    """`rows` are the first rows, cell by cell in the order of `columns`, cut short."""

    token: str
    filename: str
    what: str
    columns: tuple[str, ...] = ()
    fields: tuple[FieldChoice, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    report: ImportReport | None = None
    shown: int = SHOWN_FAILURES


def preview(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The columns of the first rows, which of them would be which field, and their cells."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    found: Mapping[Any, str] = find_mapping(rows[0]) if rows else {}
    # A column inside a column is found by itself, and can be chosen only then.
    choices = list(dict.fromkeys([*columns, *found.values()]))
    return {
        "columns": tuple(choices),
        "fields": tuple(FieldChoice(name=name, column=found.get(name, "")) for name in NAMES),
        "rows": tuple(tuple(_short(row.get(column)) for column in columns) for row in rows),
    }


def _short(cell: object) -> str:
    text = "" if cell is None else cell if isinstance(cell, str) else repr(cell)
    return text if len(text) <= SHORT else f"{text[:SHORT]}…"
