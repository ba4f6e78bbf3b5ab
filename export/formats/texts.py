"""What formats of rendered text share: the prompt by the chat template, and continuations of it.

A trainer that renders the chat template itself may rewrite the thinking, so these give it text.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from export.formats.base import Record, prompt_of
from export.rows import Correction, Row, Segment, text_of
from export.tokens import Tokens


def opening(row: Row, tokens: Tokens) -> str:
    """The prompt of a row up to where its path begins."""
    return tokens.opened(prompt_of(row), row.text)


def forks(row: Row) -> Iterator[tuple[Correction, str, Sequence[Segment]]]:
    """Each correction whose flawed continuation was kept, the text before it, and what the row says
    from there on, the hint first."""
    for correction in row.corrections:
        if correction.left:
            before, behind = row.segments[: correction.segment], row.segments[correction.segment :]
            yield correction, text_of(before), behind


def longest(*names: str) -> Any:
    """A count of a record's tokens: those of `prompt` with the longest of the fields `names`."""

    def length(record: Record, tokens: Tokens) -> int:
        return max(len(tokens.ids(record["prompt"] + record[name])) for name in names)

    return length


def text_schema(*names: str, **others: Any) -> Any:
    """An Arrow schema of text fields, and others by their types."""
    import pyarrow as pa

    return pa.schema([*((name, pa.string()) for name in names), *others.items()])
