"""`kto`: continuations with a thumb up or down, for KTO, which needs no pairs.

A golden path is desirable from its beginning; what a hint replaced is not, from its cut on; nor is
a discarded path. Outputs inside them can't be left out of the loss.
"""

from collections.abc import Iterator
from typing import Any

from export.formats.base import Format, Record
from export.formats.dataset_info import dataset_info
from export.formats.texts import forks, longest, opening, text_schema
from export.rows import Row, text_of
from export.tokens import Tokens


def make() -> Format:
    """The format."""
    columns = {"prompt": "prompt", "response": "completion", "kto_tag": "label"}
    return Format(
        "kto",
        1,
        "path",
        records,
        schema,
        masks="completion",
        tokenized=True,
        length=longest("completion"),
        flawed=True,
        beside=dataset_info(columns=columns),
    )


def records(row: Row, tokens: Tokens | None) -> Iterator[Record]:
    """`prompt`, `completion`, `label` (whether it is desirable), and the `id` of the row."""
    assert tokens
    start = opening(row, tokens)
    if row.verdict != "unsure":
        yield _record(row, start, row.text + tokens.end, row.verdict == "golden")
    for correction, before, _ in forks(row):
        yield _record(row, start + before, text_of(correction.left) + tokens.end, False)


def schema() -> Any:
    """The Arrow schema of a record."""
    import pyarrow as pa

    return text_schema("prompt", "completion", label=pa.bool_(), id=pa.string())


def _record(row: Row, prompt: str, completion: str, label: bool) -> Record:
    return {"prompt": prompt, "completion": completion, "label": label, "id": row.id}
