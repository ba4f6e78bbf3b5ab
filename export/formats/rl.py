"""`rl`: one record a problem with a known reference, for reinforcement learning with our reward.

`answer` is read back by `app.core.answer.parse_reference`: a number, several joined by " or ", or
`infeasible`, `unbounded`, `no-optimum`.
"""

from typing import Any

from export.formats.base import Format, Record, message_type, prompt_of
from export.rows import Row


def make() -> Format:
    """The format."""
    return Format("rl", 1, "problem", record, schema)


def record(row: Row) -> Record:
    """`prompt` (system where there is one, and user), `answer`, `id` and `source`."""
    return {
        "prompt": prompt_of(row.system, row.problem.question),
        "answer": row.answer,
        "id": row.id,
        "source": row.problem.source,
    }


def schema() -> Any:
    """The Arrow schema of a record."""
    import pyarrow as pa

    return pa.schema(
        [
            ("prompt", pa.list_(message_type())),
            ("answer", pa.string()),
            ("id", pa.string()),
            ("source", pa.string()),
        ]
    )
