"""The one door: look at a file's first bytes and hand it to its reader."""

import codecs
from collections.abc import Iterator
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from app.backends.importers.json_array import array_rows, value_rows
from app.backends.importers.json_lines import line_rows
from app.backends.importers.parquet import parquet_rows
from app.backends.importers.peers import Kind, converted
from app.backends.importers.rows import BadRow, Row, UnreadableFile
from app.backends.importers.table import table_rows
from app.core.language import _

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_HEAD = 4096


def read_rows(
    source: Path | BinaryIO, filename: str, kind: Kind | None = None
) -> Iterator[Row | BadRow]:
    """The rows of a file on disk or of a seekable binary stream, which stays open.

    `filename` is only named in messages; `kind` says whose export it is, where its rows don't tell.
    Raises UnreadableFile here, before the first row.
    """
    if isinstance(source, Path):
        return _rows_at(source, filename, kind)
    rows = converted(_rows(source, filename), kind)
    first = next(rows, None)
    if first is None:
        raise UnreadableFile(_("%(filename)s holds no rows.", filename=filename))
    return chain([first], rows)


def _rows_at(path: Path, filename: str, kind: Kind | None) -> Iterator[Row | BadRow]:
    try:
        stream = path.open("rb")
    except OSError as error:
        raise UnreadableFile(
            _(
                "%(filename)s can't be opened: %(reason)s.",
                filename=filename,
                reason=error.strerror,
            )
        ) from error
    try:
        rows = read_rows(stream, filename, kind)
    except BaseException:
        stream.close()
        raise
    return _closing(stream, rows)


def _closing(stream: BinaryIO, rows: Iterator[Row | BadRow]) -> Iterator[Row | BadRow]:
    with closing(stream):
        yield from rows


def _rows(stream: BinaryIO, filename: str) -> Iterator[Row | BadRow]:
    stream.seek(0)
    head = stream.read(_HEAD)
    stream.seek(0)
    if head.startswith(b"PAR1"):
        return parquet_rows(stream, filename)
    _refuse_other_than_text(head, filename)
    if head.startswith(codecs.BOM_UTF8):
        stream.seek(len(codecs.BOM_UTF8))
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if start.startswith(b"["):
        return array_rows(stream)
    if start.startswith(b"{"):
        return value_rows(stream) if _spread(start) else line_rows(stream)
    return table_rows(stream, filename)


def _spread(start: bytes) -> bool:
    """Whether an object goes on in the next line."""
    line, ended, _rest = start.partition(b"\n")
    return bool(ended) and line.rstrip().endswith((b"{", b"[", b","))


def _refuse_other_than_text(head: bytes, filename: str) -> None:
    if not head.removeprefix(codecs.BOM_UTF8).strip():
        raise UnreadableFile(_("%(filename)s is empty.", filename=filename))
    if head.startswith(_UTF_16):
        raise UnreadableFile(_("%(filename)s is UTF-16 text; save it as UTF-8.", filename=filename))
    if b"\0" in head:
        raise UnreadableFile(
            _(
                "%(filename)s is binary; JSON lines, a JSON array, CSV and Parquet can be read.",
                filename=filename,
            )
        )
