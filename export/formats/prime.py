"""`prime`: problems for `verifiers` environments, Prime Intellect's way of doing RL.

`question` becomes the user's message and `answer` is what a rubric gets; `info` is JSON text, as a
column of structs would be merged by Arrow.
"""

import json
from collections.abc import Iterator
from typing import Any

from export.formats.base import Format, Record
from export.formats.texts import text_schema
from export.rows import Row


def make() -> Format:
    """The format."""
    return Format("prime", 1, "problem", records, schema)


def records(row: Row, tokens: object = None) -> Iterator[Record]:
    """`question`, `answer`, `task` (the benchmark), `info` (JSON: `id`, `system`), and `id`."""
    yield {
        "question": row.problem.question,
        "answer": row.answer,
        "task": row.problem.source or "calm",
        "info": json.dumps({"id": row.id, "system": row.system}),
        "id": row.id,
    }


def schema() -> Any:
    """The Arrow schema of a record."""
    return text_schema("question", "answer", "task", "info", "id")
