"""`trl-rl`: one record a problem with a known reference, for TRL's GRPOTrainer with our reward.

`answer` is read back by `app.core.answer.parse_reference`: a number, several joined by " or ", or
`infeasible`, `unbounded`, `no-optimum`. TRL hands every column but `prompt` on to the reward.
"""

from collections.abc import Iterator
from typing import Any

from export.formats.base import Format, Record, message_type, prompt_of, tolerance_of
from export.rows import Row


def make() -> Format:
    """The format."""
    return Format("trl-rl", 2, "problem", records, schema)


def records(row: Row, tokens: object = None) -> Iterator[Record]:
    """`prompt` (system where there is one, and user), `answer`, `tolerance`, `id` and `source`."""
    yield {
        "prompt": prompt_of(row),
        "answer": row.answer,
        "tolerance": tolerance_of(row),
        "id": row.id,
        "source": row.problem.source,
    }


def schema() -> Any:
    """The Arrow schema of a record."""
    import pyarrow as pa

    text = pa.string()
    words = [(name, text) for name in ("answer", "tolerance", "id", "source")]
    return pa.schema([("prompt", pa.list_(message_type())), *words])
