"""`verl-sft`: token ids for verl's SFT trainer, with the dataset class that reads them.

verl's own class renders chats and can't leave outputs out of the loss; `calm_sft.py` beside the
rows gives it the mask that they come with.
"""

from collections.abc import Mapping, Sequence

from export.formats.base import Format
from export.formats.beside import read
from export.formats.sft_tokenized import length, records, schema

CLASS = "calm_sft.py"


def make() -> Format:
    """The format."""
    return Format(
        "verl-sft",
        1,
        "path",
        records,
        schema,
        masks="exact",
        tokenized=True,
        length=length,
        beside=beside,
    )


def beside(splits: Sequence[str]) -> Mapping[str, str]:
    """The dataset class."""
    return {CLASS: read(CLASS)}
