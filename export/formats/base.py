"""What an export format is: a pure function from a row to records, and the records' Arrow schema.

Promises of a format: every record fits its schema, whatever the row holds; a change of its records
is a new version; a format that can't keep outputs out of the loss says so.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from app.core.fences import THINK_END, THINK_START
from export.rows import Row
from export.tokens import Tokens

Record = dict[str, Any]
Masks = Literal["exact", "completion", "none"]
"""Of the loss: on just what the row says; on the whole completion; on what the trainer decides."""


def no_files(splits: Sequence[str]) -> Mapping[str, str]:
    """What stands beside the records of a format that needs nothing else."""
    return {}


@dataclass(frozen=True)
class Format:
    """`unit` says what a record is made of: a judged `path`, or a `problem` with a known reference.

    `records` makes any number of records of one row; with a tokenizer where `tokenized` asks for
    one. `schema` gives a `pyarrow.Schema`: a function, so that pyarrow is imported only to write.
    `length` counts a record's tokens, and a format without it knows no limit. `flawed` formats have
    a use for paths that are not golden. `beside` are other files of the dataset, given its splits.
    """

    name: str
    version: int
    unit: Literal["path", "problem"]
    records: Callable[[Row, Tokens | None], Iterable[Record]]
    schema: Callable[[], Any]
    masks: Masks | None = None
    tokenized: bool = False
    length: Callable[[Record, Tokens], int] | None = None
    flawed: bool = False
    beside: Callable[[Sequence[str]], Mapping[str, str]] = no_files


def prompt_of(row: Row) -> list[Record]:
    """The chat messages before the Reasoner's own."""
    told = [{"role": "system", "content": row.system}] if row.system else []
    return [*told, {"role": "user", "content": row.problem.question}]


def reply_of(row: Row) -> str:
    """The path as a whole reply: with the `<think>` in front that the chat template had opened."""
    opened = THINK_END in row.text and THINK_START not in row.text
    return f"{THINK_START}\n{row.text}" if opened else row.text


def tolerance_of(row: Row) -> str | None:
    """The problem's own tolerance as JSON text, for `app.core.answer.Tolerance`; None: it has none.

    Text, because Arrow would give each struct the fields of all.
    """
    return row.tolerance.model_dump_json() if row.tolerance else None


def message_type() -> Any:
    """The Arrow type of one chat message."""
    import pyarrow as pa

    return pa.struct([("role", pa.string()), ("content", pa.string())])
