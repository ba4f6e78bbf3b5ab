"""The manifest of a dataset: what is in it, where it comes from, and how to tell it apart.

Promises: the fingerprint is over the rows in their order, the format and the mask policy alone;
people are numbered within the dataset and never named.
"""

import hashlib
from collections import Counter
from datetime import datetime
from typing import Literal

from app.core.model import Frozen
from export.formats.base import Format
from export.masks import MaskPolicy
from export.rows import ROW_VERSION, Row

MANIFEST_VERSION: Literal[1] = 1


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


class Origin(Frozen):
    """Who asked for what: the parts of a manifest that the rows do not say."""

    project: str
    taxonomy: str
    code_version: str
    built_at: datetime
    people: tuple[Person, ...] = ()


class Counts(Frozen):
    """Numbers over all rows. `hint_share` is hint tokens over hint and Reasoner tokens, 0 to 1."""

    rows: int
    problems: int
    traces: int
    hints: int
    hint_tokens: int
    tokens: int
    hint_share: float
    flaws: dict[str, int]
    sources: dict[str, int]


class Manifest(Frozen):
    """The whole of it, as it is written to `manifest.json`."""

    version: Literal[1] = MANIFEST_VERSION
    fingerprint: str
    format: str
    format_version: int
    row_version: int = ROW_VERSION
    mask_policy: MaskPolicy
    counts: Counts
    files: tuple[File, ...]
    origin: Origin


class Tally:
    """Counts rows and hashes them as they stream by."""

    def __init__(self, style: Format, policy: MaskPolicy) -> None:
        head = f"{style.name} {style.version} {policy.model_dump_json()}\n"
        self._digest = hashlib.sha256(head.encode())
        self._rows = self._hints = self._hint_tokens = self._tokens = 0
        self._problems: set[int] = set()
        self._traces: set[int] = set()
        self._flaws: Counter[str] = Counter()
        self._sources: Counter[str] = Counter()

    def add(self, row: Row) -> str:
        """Count one row and give its hash."""
        digest = row.hash
        self._digest.update(f"{digest}\n".encode())
        self._rows += 1
        self._problems.add(row.lineage.problem_id)
        if row.lineage.trace_id is not None:
            self._traces.add(row.lineage.trace_id)
        self._flaws.update(hint.flaw for hint in row.hints)
        self._sources[row.problem.source or "unknown"] += 1
        if row.budget:
            self._hints += row.budget.hints
            self._hint_tokens += row.budget.hint_tokens
            self._tokens += row.budget.tokens
        return digest

    @property
    def fingerprint(self) -> str:
        """SHA-256 of what went by, in hexadecimal."""
        return self._digest.hexdigest()

    @property
    def counts(self) -> Counts:
        """The numbers so far."""
        return Counts(
            rows=self._rows,
            problems=len(self._problems),
            traces=len(self._traces),
            hints=self._hints,
            hint_tokens=self._hint_tokens,
            tokens=self._tokens,
            hint_share=self._hint_tokens / self._tokens if self._tokens else 0.0,
            flaws=dict(sorted(self._flaws.items())),
            sources=dict(sorted(self._sources.items())),
        )
