"""`prompt-completion`: rendered text in two fields, for trainers that put the loss on the second.

The completion is the path to the byte with the end-of-sequence token behind it. The outputs inside
it can't be left out of the loss; `sft-tokenized` can.
"""

from collections.abc import Iterator
from typing import Any

from export.formats.base import Format, Record
from export.formats.texts import longest, opening, text_schema
from export.rows import Row
from export.tokens import Tokens


def make() -> Format:
    """The format."""
    length = longest("completion")
    name = "prompt-completion"
    return Format(
        name, 1, "path", records, schema, masks="completion", tokenized=True, length=length
    )


def records(row: Row, tokens: Tokens | None) -> Iterator[Record]:
    """`prompt`, `completion` and `id`."""
    assert tokens
    completion = row.text + tokens.end
    yield {"prompt": opening(row, tokens), "completion": completion, "id": row.id}


def schema() -> Any:
    """The Arrow schema of a record."""
    return text_schema("prompt", "completion", "id")
