"""Writing a dataset: rows stream in, a folder named after its fingerprint comes out.

Promises: the folder appears whole, by one rename, or not at all; memory stays flat however many
rows there are; the same rows give the same folder, and building them again gives the manifest that
is already there.
"""

import errno
import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from app.core.errors import Refused
from export.card import card
from export.formats.base import Format, Record
from export.manifest import File, Manifest, Origin, Tally
from export.masks import MaskPolicy
from export.rows import Row

MANIFEST = "manifest.json"
_BATCH = 256


def build(
    rows: Iterable[Row], folder: Path, style: Format, *, policy: MaskPolicy, origin: Origin
) -> Manifest:
    """Write `rows` to `folder`/FINGERPRINT and give the manifest.

    The folder holds `train.jsonl`, `train.parquet`, `lineage.jsonl`, `README.md` and
    `manifest.json`. Raises Refused where there are no rows or the disk is full.
    """
    folder.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=folder))
    try:
        with _plain_disk_errors():
            tally = _write_rows(rows, draft, style, policy)
            manifest = _describe(draft, tally, style, policy, origin)
            return _publish(draft, folder / manifest.fingerprint, manifest)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a built dataset."""
    return Manifest.model_validate_json((folder / MANIFEST).read_text(encoding="utf-8"))


def dump(record: Any) -> str:
    """One line of JSON, in ASCII: a model may write characters that some readers end a line at."""
    return json.dumps(record, separators=(",", ":")) + "\n"


def _write_rows(rows: Iterable[Row], draft: Path, style: Format, policy: MaskPolicy) -> Tally:
    tally = Tally(style, policy)
    with (
        _open(draft / "train.jsonl") as lines,
        _open(draft / "lineage.jsonl") as lineage,
        _parquet(draft / "train.parquet", style.schema()) as table,
    ):
        for row in rows:
            record = style.record(row)
            lines.write(dump(record))
            place = row.lineage.model_dump(mode="json")
            lineage.write(dump({"id": row.id, "hash": tally.add(row), **place}))
            table.add(record)
    if not tally.counts.rows:
        raise Refused("There is nothing to export: no trace is golden, or no reference is known.")
    return tally


def _describe(
    draft: Path, tally: Tally, style: Format, policy: MaskPolicy, origin: Origin
) -> Manifest:
    """Write the card and the manifest, which lists every other file."""
    manifest = Manifest(
        fingerprint=tally.fingerprint,
        format=style.name,
        format_version=style.version,
        mask_policy=policy,
        counts=tally.counts,
        files=(),
        origin=origin,
    )
    (draft / "README.md").write_text(card(manifest, style.schema()), encoding="utf-8")
    files = tuple(_file(path) for path in sorted(draft.iterdir()))
    manifest = manifest.model_copy(update={"files": files})
    (draft / MANIFEST).write_text(manifest.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return manifest


def _publish(draft: Path, target: Path, manifest: Manifest) -> Manifest:
    """Let the draft appear under its fingerprint, unless the same is there already."""
    draft.chmod(0o755)
    try:
        draft.rename(target)
    except OSError:
        if (target / MANIFEST).exists():
            return read_manifest(target)
        raise
    return manifest


def _file(path: Path) -> File:
    with path.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    return File(name=path.name, bytes=path.stat().st_size, sha256=digest)


def _open(path: Path) -> TextIO:
    return path.open("w", encoding="utf-8", newline="\n")


class _Table:
    """Records on their way into a Parquet file, a batch at a time."""

    def __init__(self, writer: Any, schema: Any) -> None:
        self._writer, self._schema = writer, schema
        self._waiting: list[Record] = []

    def add(self, record: Record) -> None:
        """Append one record."""
        self._waiting.append(record)
        if len(self._waiting) == _BATCH:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        import pyarrow as pa

        if self._waiting:
            self._writer.write_table(pa.Table.from_pylist(self._waiting, schema=self._schema))
            self._waiting.clear()


@contextmanager
def _parquet(path: Path, schema: Any) -> Iterator[_Table]:
    from pyarrow import parquet

    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        table = _Table(writer, schema)
        yield table
        table.flush()


@contextmanager
def _plain_disk_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise Refused("The disk is full: no dataset was written. Free some and retry.") from error
