"""The files of a dataset while they are written: Parquet a split, JSON lines beside it.

Promises: memory stays flat, for records wait for no more than a batch; nothing of it is final
before `build` publishes the folder.
"""

import hashlib
import json
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from export.formats.base import Record
from export.manifest import File

_BATCH = 512
_ENCODER = json.JSONEncoder(separators=(",", ":"))


def dump(record: Any) -> str:
    """One line of JSON, in ASCII: a model may write characters that some readers end a line at."""
    return _ENCODER.encode(record) + "\n"


def described(path: Path) -> File:
    """A written file as the manifest lists it."""
    with path.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    return File(name=path.name, bytes=path.stat().st_size, sha256=digest)


class Files:
    """The open files of a draft; a split's Parquet is there once it has a record."""

    def __init__(self, draft: Path, schema: Any) -> None:
        self._draft, self._schema = draft, schema
        self._stack = ExitStack()
        self._tables: dict[str, _Table] = {}

    def __enter__(self) -> Self:
        self._lineage = self._lines("lineage.jsonl")
        self._left_out = self._lines("left_out.jsonl")
        return self

    def __exit__(self, *error: Any) -> None:
        with self._stack:  # closes what is open, whatever the last batch meets
            if error[0] is None:
                for table in self._tables.values():
                    table.flush()

    def add(self, split: str, record: Record) -> None:
        """Append a record to a split."""
        if split not in self._tables:
            self._tables[split] = self._table(split)
        self._tables[split].add(record)

    def tell_lineage(self, told: Record) -> None:
        """Append where a row comes from."""
        self._lineage.write(dump(told))

    def tell_left_out(self, told: Record) -> None:
        """Append what stays out."""
        self._left_out.write(dump(told))

    def _lines(self, name: str) -> Any:
        path = self._draft / name
        return self._stack.enter_context(path.open("w", encoding="utf-8", newline="\n"))

    def _table(self, split: str) -> "_Table":
        from pyarrow import parquet

        path = self._draft / f"{split}.parquet"
        writer = parquet.ParquetWriter(path, self._schema, compression="zstd")
        return _Table(self._stack.enter_context(writer), self._schema)


class _Table:
    """Records on their way into a Parquet file, a batch at a time."""

    def __init__(self, writer: Any, schema: Any) -> None:
        self._writer, self._schema = writer, schema
        self._waiting: list[Record] = []

    def add(self, record: Record) -> None:
        self._waiting.append(record)
        if len(self._waiting) == _BATCH:
            self.flush()

    def flush(self) -> None:
        import pyarrow as pa

        if self._waiting:
            self._writer.write_table(pa.Table.from_pylist(self._waiting, schema=self._schema))
            self._waiting.clear()
