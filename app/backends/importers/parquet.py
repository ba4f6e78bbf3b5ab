"""Parquet, in batches. pyarrow is imported here and only when such a file comes."""

from collections.abc import Iterator
from typing import Any, BinaryIO

from app.backends.importers.json_lines import checked_row
from app.backends.importers.rows import BadRow, Row, UnreadableFile
from app.core.language import _

_BATCH = 256


def parquet_rows(stream: BinaryIO, filename: str) -> Iterator[Row | BadRow]:
    """The rows of the file. Raises UnreadableFile where it is broken."""
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    try:
        file = ParquetFile(stream)
    except (ArrowException, OSError) as error:
        raise UnreadableFile(
            _("%(filename)s is a broken Parquet file.", filename=filename)
        ) from error
    return _rows(file)


def _rows(file: Any) -> Iterator[Row | BadRow]:
    from pyarrow import ArrowException

    number = 0
    try:
        for batch in file.iter_batches(batch_size=_BATCH):
            for data in batch.to_pylist():
                number += 1
                yield checked_row(number, data)
    except (ArrowException, OSError, ValueError):
        yield BadRow(number + 1, _("The Parquet file is broken from here on."))
