"""Counts rows and hashes them as they stream by."""

import hashlib
from collections import Counter

from app.core.masks import MaskPolicy
from export.formats.base import Format, Record
from export.left_out import LeftOut, Reason
from export.manifest import Counts, TokenizerUsed
from export.rows import Row


class Tally:
    """What a manifest says of the rows. Memory grows with the problems and rows by their hashes."""

    def __init__(self, style: Format, policy: MaskPolicy, tokenizer: TokenizerUsed | None) -> None:
        told = f"{tokenizer.hash} {tokenizer.template_hash}" if tokenizer else ""
        head = f"{style.name} {style.version} {policy.model_dump_json()} {told}\n"
        self._digest = hashlib.sha256(head.encode())
        self._seen: set[bytes] = set()
        self._problems: set[str] = set()
        self._traces: set[int] = set()
        self._hints = self._hint_tokens = self._tokens = 0
        self._flaws: Counter[str] = Counter()
        self._sources: Counter[str] = Counter()
        self._splits: Counter[str] = Counter()
        self._left_out: Counter[Reason] = Counter()
        self._lengths: Counter[int] = Counter()
        self._records = 0
        self.example: Record = {}
        self._longest: int | None = None

    def knows(self, row: Row) -> bool:
        """Whether the very same content went by already."""
        return bytes.fromhex(row.hash) in self._seen

    def add(self, row: Row, split: str) -> None:
        """Count one row."""
        self._digest.update(f"{split} {row.hash}\n".encode())
        self._seen.add(bytes.fromhex(row.hash))
        self._problems.add(row.problem.key)
        if row.lineage and row.lineage.trace_id is not None:
            self._traces.add(row.lineage.trace_id)
        self._flaws.update(correction.flaw for correction in row.corrections)
        self._sources[row.problem.source or ""] += 1
        self._splits[split] += 1
        if row.budget:
            self._hints += row.budget.hints
            self._hint_tokens += row.budget.hint_tokens
            self._tokens += row.budget.tokens
            self._lengths[row.budget.tokens.bit_length()] += 1

    def add_record(self, record: Record, length: int | None) -> None:
        """Count what the format made of a row; `length` in tokens, where they were counted."""
        self.example = self.example or record
        self._records += 1
        if length is not None:
            self._longest = max(length, self._longest or 0)

    def leave_out(self, left: LeftOut) -> None:
        """Count what stays out."""
        self._digest.update(f"left out {left.key} {left.reason} {left.detail}\n".encode())
        self._left_out[left.reason] += 1

    @property
    def fingerprint(self) -> str:
        """SHA-256 of what went by, in hexadecimal."""
        return self._digest.hexdigest()

    @property
    def counts(self) -> Counts:
        """The numbers so far."""
        return Counts(
            rows=len(self._seen),
            records=self._records,
            problems=len(self._problems),
            traces=len(self._traces),
            hints=self._hints,
            hint_tokens=self._hint_tokens,
            tokens=self._tokens,
            hint_share=self._hint_tokens / self._tokens if self._tokens else 0.0,
            longest=self._longest,
            flaws=dict(sorted(self._flaws.items())),
            sources=dict(sorted(self._sources.items())),
            lengths={f"under {2**bits:,}": self._lengths[bits] for bits in sorted(self._lengths)},
            splits=dict(sorted(self._splits.items())),
            left_out=dict(sorted(self._left_out.items())),
        )
