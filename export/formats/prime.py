"""`prime`: problems for `verifiers`, Prime Intellect's environments, with the taskset as a file.

`calm_taskset.py` beside it makes tasks of the rows and rewards them as the studio's badge does.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from export.formats.base import Format, Record, tolerance_of
from export.formats.beside import read
from export.formats.texts import text_schema
from export.rows import Row

TASKSET = "calm_taskset.py"


def make() -> Format:
    """The format."""
    return Format("prime", 1, "problem", records, schema, beside=beside)


def records(row: Row, tokens: object = None) -> Iterator[Record]:
    """`question`, `system`, `answer`, `tolerance`, `source` and `id`."""
    yield {
        "question": row.problem.question,
        "system": row.system,
        "answer": row.answer,
        "tolerance": tolerance_of(row),
        "source": row.problem.source,
        "id": row.id,
    }


def beside(splits: Sequence[str]) -> Mapping[str, str]:
    """The taskset."""
    return {TASKSET: read(TASKSET)}


def schema() -> Any:
    """The Arrow schema of a record."""
    return text_schema("question", "system", "answer", "tolerance", "source", "id")
