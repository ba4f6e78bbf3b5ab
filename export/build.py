"""Writing a dataset: rows stream in, a folder named after its fingerprint comes out.

Promises: the folder appears whole, by one rename, or not at all; memory stays flat however long
the rows are; the same rows give the same folder, and building them again gives the manifest that
is already there.
"""

import errno
import gc
import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from app.core.errors import Refused
from app.core.language import _, translated
from app.core.masks import MaskPolicy
from export.card import card
from export.files import Files, described
from export.formats.base import Format, Record
from export.left_out import REASONS, LeftOut, Reason
from export.manifest import Manifest, Origin, TokenizerUsed
from export.plots import bars
from export.rows import Row
from export.tally import Tally
from export.tokens import Tokens
from export.upgrade import manifest_from

MANIFEST = "manifest.json"


class Chosen(NamedTuple):
    """A row that goes in, and the split that it goes into."""

    row: Row
    split: str = "train"


@dataclass(frozen=True)
class Making:
    """How rows become records: the format, the masks, its tokenizer and the longest record."""

    style: Format
    policy: MaskPolicy
    tokens: Tokens | None = None
    max_tokens: int | None = None

    def __post_init__(self) -> None:
        if self.style.tokenized and self.tokens is None:
            raise Refused(
                _("The format %(name)s needs the tokenizer of a model.", name=self.style.name)
            )

    @property
    def tokenizer(self) -> TokenizerUsed | None:
        """What the manifest says of the tokenizer."""
        tokens = self.tokens if self.style.tokenized else None
        if tokens is None:
            return None
        return TokenizerUsed(name=tokens.name, hash=tokens.hash, template_hash=tokens.template_hash)

    def records(self, row: Row) -> list[tuple[Record, int | None]]:
        """The records of a row, each with its length in tokens where that can be told."""
        made = self.style.records(row, self.tokens)
        return [(record, self._length(record)) for record in made]

    def _length(self, record: Record) -> int | None:
        count = self.style.length
        return count(record, self.tokens) if count and self.tokens else None


def build(
    items: Iterable[Chosen | LeftOut],
    folder: Path,
    making: Making,
    origin: Origin,
    owner: str = "alone",
) -> Manifest:
    """Write `items` to `folder`/FINGERPRINT and give the manifest.

    The folder holds a Parquet file for each split, `lineage.jsonl`, `left_out.jsonl`, `README.md`,
    `manifest.json`, and what the format puts beside. What a build of the same `owner` left behind
    when it was killed is removed. Raises Refused where there are no rows or the disk is full.
    """
    draft = _new_draft(folder, owner)
    try:
        with _plain_disk_errors():
            tally = _write_rows(items, draft, making)
            manifest = _describe(draft, tally, making, origin)
            return _publish(draft, folder / manifest.fingerprint, manifest)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _new_draft(folder: Path, owner: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob(f".draft-{owner}-*"):
        shutil.rmtree(left, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f".draft-{owner}-", dir=folder))


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a built dataset."""
    return manifest_from(json.loads((folder / MANIFEST).read_text(encoding="utf-8")))


def _write_rows(items: Iterable[Chosen | LeftOut], draft: Path, making: Making) -> Tally:
    tally = Tally(making.style, making.policy, making.tokenizer)
    with Files(draft, making.style.schema()) as files, _old_objects_aside():
        for item in items:
            left = item if isinstance(item, LeftOut) else _write_row(item, files, tally, making)
            if left:
                tally.leave_out(left)
                files.tell_left_out(left.model_dump(mode="json"))
    if not tally.counts.records:
        raise Refused(_nothing(tally))
    return tally


def _write_row(chosen: Chosen, files: Files, tally: Tally, making: Making) -> LeftOut | None:
    """Write one row, or say why not."""
    row, split = chosen
    if tally.knows(row):
        return _left(row, "duplicate", "")
    made = making.records(row)
    if not made:
        return _left(row, "no-record", "")
    longest = max((length or 0 for _, length in made), default=0)
    if making.max_tokens is not None and longest > making.max_tokens:
        return _left(row, "too-long", str(longest))
    for record, length in made:
        tally.add_record(record, length)
        files.add(split, record)
    tally.add(row, split)
    place = row.lineage.model_dump(mode="json") if row.lineage else {}
    files.tell_lineage({"id": row.id, "hash": row.hash, "split": split, **place})
    return None


def _describe(draft: Path, tally: Tally, making: Making, origin: Origin) -> Manifest:
    """Write the card, what the format puts beside, and the manifest, which lists all the others."""
    style, counts = making.style, tally.counts
    manifest = Manifest(
        fingerprint=tally.fingerprint,
        format=style.name,
        format_version=style.version,
        mask_policy=making.policy,
        tokenizer=making.tokenizer,
        counts=counts,
        files=(),
        origin=origin,
    )
    beside = {
        **style.beside(tuple(counts.splits)),
        "README.md": card(manifest, style, tally.example),
        "flaws.svg": bars("Flaws that hints correct", counts.flaws),
        "lengths.svg": bars("Hint and Reasoner tokens of a row", counts.lengths),
    }
    for name, text in beside.items():
        (draft / name).write_text(text, encoding="utf-8")
    files = tuple(described(path) for path in sorted(draft.iterdir()))
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


def _left(row: Row, reason: Reason, detail: str) -> LeftOut:
    assert row.lineage
    return LeftOut(reason=reason, detail=detail, key=row.problem.key, lineage=row.lineage)


def _nothing(tally: Tally) -> str:
    """Why there is no dataset."""
    left = tally.counts.left_out
    if not left:
        return _("There is nothing to export: no row is chosen.")
    told = ", ".join(f"{many} {translated(REASONS[reason])}" for reason, many in left.items())
    return _("There is nothing to export; left out: %(reasons)s.", reasons=told)


@contextmanager
def _old_objects_aside() -> Iterator[None]:
    """Spare Python's collector what lives already: it would go through all of it again and again,
    for the sake of rows that come and go by themselves."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@contextmanager
def _plain_disk_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise Refused(
            _("The disk is full: no dataset was written. Free some and retry.")
        ) from error
