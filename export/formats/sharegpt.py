"""`sharegpt`: conversations for LLaMA-Factory, with the `dataset_info.json` that it asks for.

The reply is the whole path, as in `messages`, and LLaMA-Factory puts the loss on all of it, outputs
too.
TRL given such rows trains on nothing, without a word.
"""

from collections.abc import Iterator
from typing import Any

from export.formats.base import Format, Record, reply_of
from export.formats.dataset_info import dataset_info
from export.rows import Row


def make() -> Format:
    """The format."""
    tags = {
        "role_tag": "from",
        "content_tag": "value",
        "user_tag": "human",
        "assistant_tag": "gpt",
    }
    columns = {"messages": "conversations", "system": "system"}
    beside = dataset_info(formatting="sharegpt", columns=columns, tags=tags)
    return Format("sharegpt", 1, "path", records, schema, masks="completion", beside=beside)


def records(row: Row, tokens: object = None) -> Iterator[Record]:
    """`conversations` (`from` human, then gpt; `value`), `system`, and `id`."""
    told = [("human", row.problem.question), ("gpt", reply_of(row))]
    turns = [{"from": who, "value": text} for who, text in told]
    yield {"conversations": turns, "system": row.system, "id": row.id}


def schema() -> Any:
    """The Arrow schema of a record."""
    import pyarrow as pa

    turn = pa.struct([("from", pa.string()), ("value", pa.string())])
    return pa.schema(
        [("conversations", pa.list_(turn)), ("system", pa.string()), ("id", pa.string())]
    )
