"""`axolotl`: segments with a label each, as Axolotl's `input_output` type reads them.

Axolotl tokenises each segment apart, so the mask is exact. The first segment is the prompt by the
chat template, the last ends with the end-of-sequence token.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from export.formats.base import Format, Record
from export.formats.texts import opening
from export.rows import Row, text_of
from export.tokens import Tokens


def make() -> Format:
    """The format."""
    return Format(
        "axolotl", 1, "path", records, schema, masks="exact", tokenized=True, length=length
    )


def records(row: Row, tokens: Tokens | None) -> Iterator[Record]:
    """`segments`: `{label, text}` in order; and `id`."""
    assert tokens
    runs = groupby(row.segments, lambda segment: segment.trained)
    parts = [(False, opening(row, tokens))]
    parts += [(trained, text_of(run)) for trained, run in runs]
    parts.append((True, tokens.end))
    segments = [{"label": label, "text": text} for label, text in parts]
    yield {"segments": segments, "id": row.id}


def length(record: Record, tokens: Tokens) -> int:
    """Tokens of a record."""
    return sum(len(tokens.ids(segment["text"])) for segment in record["segments"])


def schema() -> Any:
    """The Arrow schema of a record."""
    import pyarrow as pa

    segment = pa.struct([("label", pa.bool_()), ("text", pa.string())])
    return pa.schema([("segments", pa.list_(segment)), ("id", pa.string())])
