"""`sft-tokenized`: token ids with their labels, the one exact way to train on a path with TRL.

Promises what `export.tokens` does; the manifest has the hashes of the tokenizer and of its chat
template. Give TRL `max_length=None`: its default cuts rows without a word.
"""

from collections.abc import Iterator
from typing import Any

from export.formats.base import Format, Record
from export.formats.texts import opening
from export.rows import Row
from export.tokens import Tokens, tokenized


def make() -> Format:
    """The format."""
    return Format(
        "sft-tokenized", 1, "path", records, schema, masks="exact", tokenized=True, length=length
    )


def records(row: Row, tokens: Tokens | None) -> Iterator[Record]:
    """`input_ids`, `attention_mask` (all 1), `labels` (-100 without loss), and `id`."""
    assert tokens
    ids, labels = tokenized(opening(row, tokens), row.segments, tokens)
    mask = [1] * len(ids)
    yield {"input_ids": ids, "attention_mask": mask, "labels": labels, "id": row.id}


def length(record: Record, tokens: Tokens) -> int:
    """Tokens of a record."""
    return len(record["input_ids"])


def schema() -> Any:
    """The Arrow schema of a record."""
    import pyarrow as pa

    ids = pa.list_(pa.int32())
    lists = [(name, ids) for name in ("input_ids", "attention_mask", "labels")]
    return pa.schema([*lists, ("id", pa.string())])
