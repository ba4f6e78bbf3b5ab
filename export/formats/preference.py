"""`preference`: the corrected continuation against the flawed one from the same place, for DPO.

One record for each hint that replaced a continuation: both sides go on from the same text, `chosen`
with the hint first and to the golden end, `rejected` as the Reasoner had gone on. Outputs inside
them can't be left out of the loss.
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
    sides = ("prompt", "chosen", "rejected")
    return Format(
        "preference",
        1,
        "path",
        records,
        schema,
        masks="completion",
        tokenized=True,
        length=longest("chosen", "rejected"),
        beside=dataset_info(ranking=True, columns={name: name for name in sides}),
    )


def records(row: Row, tokens: Tokens | None) -> Iterator[Record]:
    """`prompt`, `chosen`, `rejected`, `flaw`, and the `id` of the row."""
    assert tokens
    start = opening(row, tokens)
    for correction, before, behind in forks(row):
        yield {
            "prompt": start + before,
            "chosen": text_of(behind) + tokens.end,
            "rejected": text_of(correction.left) + tokens.end,
            "flaw": correction.flaw,
            "id": row.id,
        }


def schema() -> Any:
    """The Arrow schema of a record."""
    return text_schema("prompt", "chosen", "rejected", "flaw", "id")
