"""CSV with a header, separated by commas, semicolons or tabs."""

import csv
import io
import re
from collections.abc import Iterator
from typing import BinaryIO

from app.backends.importers.rows import LONGEST_ROW, BadRow, Row, UnreadableFile
from app.core.fields import NAMES
from app.core.language import _

_SEPARATORS = ",;\t"
_UNDECODED = re.compile("[\udc80-\udcff]")


def table_rows(stream: BinaryIO, filename: str) -> Iterator[Row | BadRow]:
    """The rows from where `stream` stands. Raises UnreadableFile where there is no header."""
    csv.field_size_limit(LONGEST_ROW)
    start = stream.tell()
    first = stream.readline(LONGEST_ROW).decode("utf-8", "replace")
    stream.seek(start)
    separator = max(_SEPARATORS, key=first.count)
    try:
        names = [
            name.strip() for name in next(csv.reader([first], delimiter=separator, strict=True))
        ]
    except csv.Error:
        names = []
    if len(names) < 2 and not {name.lower() for name in names} & set(NAMES["question"]):
        raise UnreadableFile(
            _(
                "%(filename)s is neither JSON lines, a JSON array, Parquet nor CSV with a header.",
                filename=filename,
            )
        )
    return _rows(stream, separator, names)


def _rows(stream: BinaryIO, separator: str, names: list[str]) -> Iterator[Row | BadRow]:
    text = io.TextIOWrapper(stream, "utf-8", errors="surrogateescape", newline="")
    try:
        reader = csv.reader(text, delimiter=separator, strict=True)
        next(reader)
        while True:
            number = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield BadRow(number, _("The row is not CSV: %(error)s.", error=error))
                continue
            if cells:
                yield _row(number, names, cells)
    finally:
        text.detach()


def _row(number: int, names: list[str], cells: list[str]) -> Row | BadRow:
    if len(cells) != len(names):
        return BadRow(
            number,
            _(
                "The row has %(cells)s cells where the header has %(names)s.",
                cells=len(cells),
                names=len(names),
            ),
        )
    if any(_UNDECODED.search(cell) for cell in cells):
        return BadRow(number, _("The row is not UTF-8 text."))
    return Row(number, dict(zip(names, cells, strict=True)))
