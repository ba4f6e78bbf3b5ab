"""The manifest of a dataset: what is in it, where it comes from, and how to tell it apart.

Promises: the fingerprint is over the rows in their order, their splits, the format, the mask policy
and the tokenizer alone; people are numbered within the dataset and never named.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from app.core.masks import MaskPolicy
from app.core.model import Frozen
from export.left_out import Reason
from export.rows import ROW_VERSION

MANIFEST_VERSION: Literal[2] = 2


class File(Frozen):
    """One file of the dataset: its size in bytes and the SHA-256 of its content."""

    name: str
    bytes: int
    sha256: str


class Person(Frozen):
    """What one person decided about the exported traces; `name` is a number given here."""

    name: str
    verdicts: int
    judgements: int


class Source(Frozen):
    """A benchmark that problems come from, and what it says of its use; None: it is not known."""

    name: str
    url: str | None = None
    licence: str | None = None
    redistribution: bool | None = None


class Origin(Frozen):
    """Who asked for what: the parts of a manifest that the rows do not say."""

    project: str
    taxonomy: str
    code_version: str
    built_at: datetime
    people: tuple[Person, ...] = ()
    selection: Mapping[str, Any] = {}
    sources: tuple[Source, ...] = ()


class TokenizerUsed(Frozen):
    """The tokenizer of a tokenized dataset, and the SHA-256 of it and of its chat template."""

    name: str
    hash: str
    template_hash: str


class Counts(Frozen):
    """Numbers over all rows. `hint_share` is hint tokens over hint and Reasoner tokens, 0 to 1.

    `records` are what the format made of the rows; `longest` counts the tokens of the longest
    record, where a tokenizer was at hand; `lengths` says how many rows have under so many tokens,
    `left_out` counts by reason.
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
    left_out: Mapping[Reason, int] = {}


class Manifest(Frozen):
    """The whole of it, as it is written to `manifest.json`."""

    version: Literal[2] = MANIFEST_VERSION
    fingerprint: str
    format: str
    format_version: int
    row_version: int = ROW_VERSION
    mask_policy: MaskPolicy
    tokenizer: TokenizerUsed | None = None
    counts: Counts
    files: tuple[File, ...]
    origin: Origin
