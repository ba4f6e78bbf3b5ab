"""A dataset that the studio built, read for training and checked first.

Promises: no row is trained on whose file, fingerprint or tokenizer is not the one that the manifest
names; a row over the limit is named, never cut and never dropped; canonical rows get the masks and
token ids that an export of them would have.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from app.core.answer import parse_reference
from app.core.errors import Invalid, NotFound, Refused
from export.build import MANIFEST, read_manifest
from export.formats.sft_tokenized import records
from export.manifest import File, Manifest
from export.rows import Row
from export.tokens import Tokens
from export.upgrade import row_from

SPLIT = "train"
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
_SHOWN = 5
_FORMATS = ("sft-tokenized", "rows")


class Dataset(NamedTuple):
    """The folder of a dataset whose files were checked against its manifest."""

    folder: Path
    manifest: Manifest


class TokenRow(NamedTuple):
    """One row to train on: `labels` are IGNORED where there is no loss."""

    id: str
    input_ids: list[int]
    labels: list[int]


def find_dataset(name: str, built: Path) -> Path:
    """The folder of a dataset: `name` is a path, or begins a fingerprint below `built`.

    Raises NotFound.
    """
    if (Path(name) / MANIFEST).is_file():
        return Path(name).resolve()
    found = [each for each in built.glob(f"{name}*") if (each / MANIFEST).is_file()]
    if len(found) == 1 and re.fullmatch("[0-9a-f]{6,64}", name):
        return found[0]
    told = f"{len(found)} datasets begin so" if len(found) > 1 else "it is neither"
    raise NotFound(
        f"There is no dataset {name}: give a folder that `calm export` wrote, or the first six or"
        f" more signs of the fingerprint of one in {built} ({told})."
    )


def open_dataset(folder: Path, fingerprint: str = "") -> Dataset:
    """Check a dataset's folder, and that it is the one that is meant, where that is said.

    Raises Invalid for a folder that is damaged or no dataset, and Refused for another fingerprint.
    """
    try:
        manifest = read_manifest(folder)
    except (OSError, ValueError, KeyError, TypeError, ValidationError):
        raise Invalid(f"{folder / MANIFEST} is missing or no manifest. Export it anew.") from None
    # A dataset is kept in a folder of its fingerprint's name.
    named = folder.name if _FINGERPRINT.fullmatch(folder.name) else ""
    for meant in filter(None, (fingerprint, named)):
        if not manifest.fingerprint.startswith(meant):
            raise Refused(
                f"The dataset in {folder} has the fingerprint {manifest.fingerprint}, but"
                f" {meant} is meant. Give the dataset that is meant, or begin another run."
            )
    for file in manifest.files:
        _check(folder, file)
    return Dataset(folder, manifest)


def token_rows(
    dataset: Dataset, tokens: Tokens, limit: int, split: str = "train"
) -> list[TokenRow]:
    """The rows of a split in their order, for SFT with this tokenizer.

    Raises Refused for another format or tokenizer, for rows of more than `limit` tokens, and for
    paths that are not golden.
    """
    manifest = dataset.manifest
    if manifest.format not in _FORMATS:
        raise Refused(
            f"SFT reads the formats {' and '.join(_FORMATS)}, and this is {manifest.format}:"
            " `calm export --format sft-tokenized --tokenizer MODEL`."
        )
    if manifest.format == "rows":
        rows = [_tokenized(row, tokens) for row in canonical_rows(dataset)]
    else:
        _same_tokenizer(manifest, tokens)
        names = ["id", "input_ids", "labels"]
        rows = [TokenRow(**each) for each in _records(dataset, names)]
    _within(rows, limit)
    return rows


def problem_rows(dataset: Dataset, tokens: Tokens, limit: int) -> list[dict[str, Any]]:
    """The problems of the split `train` for RL: `id`, `prompt`, `answer`, `tolerance`.

    Raises Refused for another format, for prompts that leave a path of `limit` tokens no room, and
    for references that no answer can equal.
    """
    if dataset.manifest.format != "trl-rl":
        raise Refused(
            f"RL reads the format trl-rl, and this is {dataset.manifest.format}: `calm export"
            " --format trl-rl`."
        )
    rows = _records(dataset, ["id", "prompt", "answer", "tolerance"])
    prompts = [tokens.ids(tokens.opened(row["prompt"], "")) for row in rows]
    _within([TokenRow(row["id"], ids, []) for row, ids in zip(rows, prompts, strict=True)], limit)
    unknown = [row["id"] for row in rows if parse_reference(row["answer"]).kind == "unknown"]
    if unknown:
        told = f"{len(unknown)} problems have no known reference: {', '.join(unknown[:_SHOWN])}."
        raise Refused(f"{told} Export without `--unchecked`.")
    return rows


def canonical_rows(dataset: Dataset) -> Iterator[Row]:
    """The rows of a dataset of the format `rows`. Raises Refused for one that is not golden."""
    for record in _records(dataset):
        row = row_from(record)
        if row.id != record["id"]:
            raise Invalid(f"The row {record['id']} says something else than it did. Export anew.")
        if row.verdict != "golden":
            told = f"The row {row.id} is not golden but {row.verdict}: SFT learns from golden ones."
            raise Refused(f"{told} Export with `--verdict golden`.")
        yield row


def _tokenized(row: Row, tokens: Tokens) -> TokenRow:
    [record] = records(row, tokens)
    return TokenRow(record["id"], record["input_ids"], record["labels"])


def _records(dataset: Dataset, names: list[str] | None = None) -> list[dict[str, Any]]:
    from pyarrow import parquet

    file = dataset.folder / f"{SPLIT}.parquet"
    if not file.is_file():
        there = ", ".join(dataset.manifest.counts.splits)
        raise Refused(f"The dataset has no split {SPLIT} to train on; it has {there}.")
    found: list[dict[str, Any]] = parquet.read_table(file, columns=names).to_pylist()
    return found


def _check(folder: Path, file: File) -> None:
    try:
        with (folder / file.name).open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
    except OSError:
        raise Invalid(f"{folder / file.name} is missing. Export the dataset anew.") from None
    if digest != file.sha256:
        told = f"{folder / file.name} was changed since it was built."
        raise Invalid(f"{told} Export the dataset anew.")


def _same_tokenizer(manifest: Manifest, tokens: Tokens) -> None:
    used = manifest.tokenizer
    assert used
    differs = [
        part
        for part, theirs, ours in (
            ("vocabulary or rules", used.hash, tokens.hash),
            ("chat template", used.template_hash, tokens.template_hash),
        )
        if theirs != ours
    ]
    if differs:
        raise Refused(
            f"The dataset was tokenized by {used.name}, and the model's tokenizer {tokens.name} has"
            f" another {' and '.join(differs)}. Export with `--tokenizer {tokens.name}`, or train"
            " the model that the dataset is for."
        )


def _within(rows: Iterable[TokenRow], limit: int) -> None:
    """Refuse rows over the limit, the longest named."""
    long = sorted((len(row.input_ids), row.id) for row in rows if len(row.input_ids) > limit)
    if long:
        named = ", ".join(f"{id_} ({size:,} tokens)" for size, id_ in reversed(long[-_SHOWN:]))
        more = f" and {len(long) - _SHOWN} more" if len(long) > _SHOWN else ""
        raise Refused(
            f"{len(long)} rows have more than {limit:,} tokens, and none is cut: {named}{more}."
            f" Raise max_tokens, or export with `--max-tokens {limit}`, which lists what stays out."
        )
