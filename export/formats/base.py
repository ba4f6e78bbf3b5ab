"""What an export format is: a pure function from a row to a record, and the record's Arrow schema.

Promises of a format: every record fits its schema, whatever the row holds, so that JSON lines and
Parquet load alike; a change of its records is a new version.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

Record = dict[str, Any]


@dataclass(frozen=True)
class Format:
    """`unit` says what a record is made of: a golden `path`, or a `problem` with a known reference.

    `schema` gives a `pyarrow.Schema`; it is a function so that pyarrow is imported only to write.
    """

    name: str
    version: int
    unit: Literal["path", "problem"]
    record: Callable[[Any], Record]
    schema: Callable[[], Any]


def prompt_of(system: str, question: str) -> list[Record]:
    """The chat messages before the Reasoner's own."""
    told = [{"role": "system", "content": system}] if system else []
    return [*told, {"role": "user", "content": question}]


def message_type() -> Any:
    """The Arrow type of one chat message."""
    import pyarrow as pa

    return pa.struct([("role", pa.string()), ("content", pa.string())])
