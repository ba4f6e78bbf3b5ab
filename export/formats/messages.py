"""`messages`: one chat per golden path, for any trainer that reads OpenAI-style messages.

The assistant's one message is the whole path, with the `<think>` in front that the chat template
had opened: what renders the chat anew does not open it. Chat messages can't say that the outputs
inside it are not to be trained on; `sft-tokenized` and `rows` can.
"""

from collections.abc import Iterator
from typing import Any

from export.formats.base import Format, Record, message_type, prompt_of, reply_of
from export.rows import Row


def make() -> Format:
    """The format."""
    return Format("messages", 2, "path", records, schema, masks="none")


def records(row: Row, tokens: object = None) -> Iterator[Record]:
    """`messages` (system where there is one, user, assistant), `id` and `source`."""
    answer = {"role": "assistant", "content": reply_of(row)}
    yield {"messages": [*prompt_of(row), answer], "id": row.id, "source": row.problem.source}


def schema() -> Any:
    """The Arrow schema of a record."""
    import pyarrow as pa

    return pa.schema(
        [("messages", pa.list_(message_type())), ("id", pa.string()), ("source", pa.string())]
    )
