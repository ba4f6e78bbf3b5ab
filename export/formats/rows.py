"""`rows`: the canonical row itself, the only format that keeps authors, masks and token ids.

Training tokenises each segment apart and puts the loss on those with `trained`: a tokenisation of
the whole text would merge tokens across the borders of the mask.
"""

from typing import Any

from export.formats.base import Format, Record
from export.rows import Row


def make() -> Format:
    """The format."""
    return Format("rows", 1, "path", record, schema)


def record(row: Row) -> Record:
    """The row as JSON, field for field; `export.rows` says what each holds."""
    return row.model_dump(mode="json")


def schema() -> Any:
    """The Arrow schema of a record."""
    import pyarrow as pa

    text, number, flag = pa.string(), pa.int64(), pa.bool_()
    budget = [("hints", number), ("max_hints", number), ("hint_tokens", number)]
    return pa.schema(
        [
            ("version", number),
            ("id", text),
            (
                "problem",
                pa.struct([("question", text), ("source", text), ("external_id", text)]),
            ),
            ("reference", pa.struct([("kind", text), ("values", pa.list_(text))])),
            ("system", text),
            ("segments", pa.list_(_segment_type())),
            ("hints", pa.list_(_hint_type())),
            ("lineage", _lineage_type()),
            ("grade", pa.struct([("correct", flag), ("reason", text), ("rule", text)])),
            ("budget", pa.struct([*budget, ("tokens", number), ("exact", flag)])),
        ]
    )


def _segment_type() -> Any:
    import pyarrow as pa

    words = [(name, pa.string()) for name in ("text", "author", "kind")]
    return pa.struct([*words, ("trained", pa.bool_()), ("token_ids", pa.list_(pa.int64()))])


def _hint_type() -> Any:
    import pyarrow as pa

    words = [(name, pa.string()) for name in ("flaw", "group", "taxonomy", "source")]
    return pa.struct([("segment", pa.int64()), *words, ("edited", pa.bool_())])


def _lineage_type() -> Any:
    import pyarrow as pa

    return pa.struct(
        [
            ("project", pa.string()),
            ("problem_id", pa.int64()),
            ("trace_id", pa.int64()),
            ("branch_ids", pa.list_(pa.int64())),
            ("model", pa.string()),
        ]
    )
