"""The operations of the API on datasets. Written by `make openapi`."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from app.client.base import Operations, Shown
from app.client.v1.models import NewKey
from app.core.masks import MaskPolicy
from app.core.model import Frozen
from app.core.options import DatasetOptions


class DatasetLine(Shown):
    """A dataset in a list. `state` is building, ready, failed (`error` says why) or
    cancelled; while it is building, `done` of `total` rows went by.
    """

    id: int
    name: str
    format: str
    state: str
    error: str
    done: int
    total: int | None
    fingerprint: str | None
    by: str
    created_at: datetime


class Asked(Frozen):
    """Rows of a format; formats and options are described in docs/formats.md."""

    format: str
    options: DatasetOptions = DatasetOptions.model_validate(
        {
            "verdicts": ["golden"],
            "any_actor": False,
            "all_branches": False,
            "agreed": False,
            "flaws": [],
            "sources": [],
            "difficulties": [],
            "people": [],
            "golden_problems": False,
            "unchecked": False,
            "seed": 0,
            "splits": {"seed": 0, "test": 0.0, "validation": 0.0},
            "near": "leave-out",
            "masks": {"corrected_code": True, "hints": True},
            "tokenizer": "",
        }
    )


class NewDataset(Asked):
    """A dataset to build."""

    name: str


class TokenizerUsed(Shown):
    """The tokenizer of a tokenized dataset, and the SHA-256 of it and of its chat
    template.
    """

    name: str
    hash: str
    template_hash: str


class Counts(Shown):
    """Numbers over all rows. `hint_share` is hint tokens over hint and Reasoner tokens, 0
    to 1.

    `records` are what the format made of the rows; `longest` counts the tokens of the
    longest record, where a tokenizer was at hand; `lengths` says how many rows have
    under so many tokens, `left_out` counts by reason.
    """

    rows: int
    records: int
    problems: int
    traces: int
    hints: int
    hint_tokens: int
    tokens: int
    hint_share: float
    longest: int | None = None
    flaws: dict[str, int]
    sources: dict[str, int]
    lengths: dict[str, int]
    splits: dict[str, int]
    left_out: dict[str, int] = Field(default_factory=dict)


class File(Shown):
    """One file of the dataset: its size in bytes and the SHA-256 of its content."""

    name: str
    bytes: int
    sha256: str


class Person(Shown):
    """What one person decided about the exported traces; `name` is a number given here."""

    name: str
    verdicts: int
    judgements: int


class ManifestSource(Shown):
    """A benchmark that problems come from, and what it says of its use; None: it is not
    known.
    """

    name: str
    url: str | None = None
    licence: str | None = None
    redistribution: bool | None = None


class Origin(Shown):
    """Who asked for what: the parts of a manifest that the rows do not say."""

    project: str
    taxonomy: str
    code_version: str
    built_at: datetime
    people: tuple[Person, ...] = ()
    selection: dict[str, Any] = Field(default_factory=dict)
    sources: tuple[ManifestSource, ...] = ()


class Manifest(Shown):
    """The whole of it, as it is written to `manifest.json`."""

    version: Literal[2] = 2
    fingerprint: str
    format: str
    format_version: int
    row_version: int = 2
    mask_policy: MaskPolicy
    tokenizer: TokenizerUsed | None = None
    counts: Counts
    files: tuple[File, ...]
    origin: Origin


class DatasetView(DatasetLine):
    """A dataset with what was asked for, and the manifest once it is built."""

    options: DatasetOptions
    manifest: Manifest | None


class PreviewRow(Shown):
    """One row in short; `trace_id` is None for a problem alone, `tokens` as its budget
    counts.
    """

    problem_id: int
    trace_id: int | None
    question: str
    split: str
    verdict: str | None
    flaws: tuple[str, ...]
    tokens: int | None


class Preview(Shown):
    """How many rows there would be, by split and by benchmark ("" names none); what stays
    out, by reason; and the first `FEW` rows. Records over a limit of tokens are found
    only by building.
    """

    total: int
    splits: dict[str, int]
    sources: dict[str, int]
    left_out: dict[str, int]
    rows: tuple[PreviewRow, ...]


class CompareDifference(Shown):
    """A row that is in one alone, or in both with a difference; `cause` is a key of
    CAUSES.
    """

    trace_id: int | None
    problem_id: int
    cause: str
    detail: str = ""


class Comparison(Shown):
    """Of two datasets: `settings` that differ, each before and after, and their rows."""

    settings: dict[str, tuple[Any, Any]]
    same: int
    added: tuple[CompareDifference, ...]
    removed: tuple[CompareDifference, ...]
    changed: tuple[CompareDifference, ...]


class PushView(Shown):
    """A place that a dataset is on its way to, or at. `state` is pushing, done or failed,
    which `error` explains; `done` of `total` bytes are there, `total` 0 until the store
    was asked.
    """

    id: int
    target: str
    state: str
    error: str
    done: int
    total: int
    by: str
    created_at: datetime


class NewPush(Frozen):
    """Where a dataset is pushed. `pass_on`: although a source forbids redistribution."""

    target: str
    pass_on: bool = False


class DatasetsOperations(Operations):
    """What can be asked for."""

    def list_datasets(self, slug: str, *, limit: int = 50) -> Iterator[DatasetLine]:
        """The datasets of a project."""
        return self._list(DatasetLine, ("projects", slug, "datasets"), limit=limit)

    def build_dataset(self, slug: str, body: NewDataset) -> DatasetView:
        """Ask for a dataset; a worker builds it. For reviewers."""
        return self._one(DatasetView, "POST", ("projects", slug, "datasets"), body=body)

    def preview(self, slug: str, body: Asked) -> Preview:
        """What a dataset would hold: counts, and its first ten rows. For reviewers."""
        return self._one(Preview, "POST", ("projects", slug, "datasets", "preview"), body=body)

    def cancel(self, slug: str, dataset_id: int) -> DatasetView:
        """Stop a build; nothing of it stays. For reviewers."""
        return self._one(DatasetView, "POST", ("projects", slug, "datasets", dataset_id, "cancel"))

    def again(self, slug: str, dataset_id: int) -> DatasetView:
        """Begin a build anew that was stopped or failed. For reviewers."""
        return self._one(DatasetView, "POST", ("projects", slug, "datasets", dataset_id, "again"))

    def get_dataset(self, slug: str, dataset_id: int, *, seen: Shown | None = None) -> DatasetView:
        """One dataset, with its manifest once it is built."""
        return self._one(DatasetView, "GET", ("projects", slug, "datasets", dataset_id), seen=seen)

    def compare_dataset(
        self, slug: str, dataset_id: int, other_id: int, *, seen: Shown | None = None
    ) -> Comparison:
        """What a dataset has that another of the project has not, row by row, and why."""
        return self._one(
            Comparison,
            "GET",
            ("projects", slug, "datasets", dataset_id, "compare", other_id),
            seen=seen,
        )

    def get_file(
        self, slug: str, dataset_id: int, name: str, to: Path, *, sha256: str | None = None
    ) -> Path:
        """A file of a dataset that its manifest lists, or `manifest.json`."""
        return self._file(("projects", slug, "datasets", dataset_id, "files", name), to, sha256)

    def download_dataset(
        self, slug: str, dataset_id: int, to: Path, *, sha256: str | None = None
    ) -> Path:
        """A whole dataset as one zip."""
        return self._file(("projects", slug, "datasets", dataset_id, "download"), to, sha256)

    def list_pushes(self, slug: str, dataset_id: int, *, limit: int = 50) -> Iterator[PushView]:
        """The places that a dataset is at, or on its way to."""
        return self._list(
            PushView, ("projects", slug, "datasets", dataset_id, "pushes"), limit=limit
        )

    def push_dataset(self, slug: str, dataset_id: int, body: NewPush) -> PushView:
        """Push a dataset; a worker sends it. The same place again gets what is missing. For
        leads.
        """
        return self._one(
            PushView, "POST", ("projects", slug, "datasets", dataset_id, "pushes"), body=body
        )

    def get_push(
        self, slug: str, dataset_id: int, push_id: int, *, seen: Shown | None = None
    ) -> PushView:
        """How far it is."""
        return self._one(
            PushView,
            "GET",
            ("projects", slug, "datasets", dataset_id, "pushes", push_id),
            seen=seen,
        )

    def set_store_key(self, slug: str, store: Literal["hub", "s3"], body: NewKey) -> None:
        """Keep the key of a store, encrypted: a hub's token, or S3's as ID:SECRET. For leads."""
        self._none("PUT", ("projects", slug, "stores", store, "key"), body=body)

    def delete_store_key(self, slug: str, store: Literal["hub", "s3"]) -> None:
        """Forget a store's key. For leads."""
        self._none("DELETE", ("projects", slug, "stores", store, "key"))
