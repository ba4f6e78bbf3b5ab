"""`sharegpt`: conversations for LLaMA-Factory, with the `dataset_info.json` that it asks for.

The reply is the whole path, as in `messages`, and LLaMA-Factory puts the loss on all of it, outputs
too.
TRL given such rows trains on nothing, without a word.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from export.formats.base import Format, Record, reply_of
from export.rows import Row


def make() -> Format:
    """The format."""
    return Format("sharegpt", 1, "path", records, schema, masks="completion", beside=beside)


def records(row: Row, tokens: object = None) -> Iterator[Record]:
    """`conversations` (`from` human, then gpt; `value`), `system`, and `id`."""
    told = [("human", row.problem.question), ("gpt", reply_of(row))]
    turns = [{"from": who, "value": text} for who, text in told]
    yield {"conversations": turns, "system": row.system, "id": row.id}


def beside(splits: Sequence[str]) -> Mapping[str, str]:
    """`dataset_info.json`, an entry a split."""
    columns = {"messages": "conversations", "system": "system"}
    tags = {
        "role_tag": "from",
        "content_tag": "value",
        "user_tag": "human",
        "assistant_tag": "gpt",
    }
    entries = {
        f"calm_{split}": {
            "file_name": f"{split}.parquet",
            "formatting": "sharegpt",
            "columns": columns,
            "tags": tags,
        }
        for split in splits
    }
    return {"dataset_info.json": json.dumps(entries, indent=1) + "\n"}


def schema() -> Any:
    """The Arrow schema of a record."""
    import pyarrow as pa

    turn = pa.struct([("from", pa.string()), ("value", pa.string())])
    return pa.schema(
        [("conversations", pa.list_(turn)), ("system", pa.string()), ("id", pa.string())]
    )
