"""`rows`: the canonical row itself, the only format that keeps authors, corrections and token ids.

Training tokenises each segment apart and puts the loss on those with `trained`: a tokenisation of
the whole text would merge tokens across the borders of the mask.
"""

from collections.abc import Iterator
from typing import Any

from export.formats.base import Format, Record
from export.rows import Row


def make() -> Format:
    """The format."""
    return Format("rows", 2, "path", records, schema, masks="exact", flawed=True)


def records(row: Row, tokens: object = None) -> Iterator[Record]:
    """The row as JSON, field for field, with its id; `export.rows` says what each holds."""
    yield {"id": row.id, **row.content}


def schema() -> Any:
    """The Arrow schema of a record."""
    import pyarrow as pa

    text, number, flag = pa.string(), pa.int64(), pa.bool_()
    budget = [("hints", number), ("max_hints", number), ("hint_tokens", number)]
    asked = pa.struct([("question", text), ("source", text), ("external_id", text)])
    return pa.schema(
        [
            ("id", text),
            ("version", number),
            ("problem", asked),
            ("reference", pa.struct([("kind", text), ("values", pa.list_(text))])),
            ("tolerance", pa.struct([("relative", text), ("absolute", text)])),
            ("system", text),
            ("segments", pa.list_(_segment_type())),
            ("corrections", pa.list_(_correction_type())),
            ("verdict", text),
            ("reason", text),
            ("grade", pa.struct([("correct", flag), ("reason", text), ("rule", text)])),
            ("budget", pa.struct([*budget, ("tokens", number), ("exact", flag)])),
            ("model", text),
            ("near", text),
        ]
    )


def _segment_type() -> Any:
    import pyarrow as pa

    words = [(name, pa.string()) for name in ("text", "author", "kind")]
    return pa.struct([*words, ("trained", pa.bool_()), ("token_ids", pa.list_(pa.int64()))])


def _correction_type() -> Any:
    import pyarrow as pa

    words = [(name, pa.string()) for name in ("flaw", "group", "taxonomy", "source")]
    span = pa.struct([("start", pa.int64()), ("end", pa.int64()), ("note", pa.string())])
    return pa.struct(
        [
            ("segment", pa.int64()),
            *words,
            ("edited", pa.bool_()),
            ("evidence", pa.list_(span)),
            ("left", pa.list_(_segment_type())),
            ("left_correct", pa.bool_()),
        ]
    )
