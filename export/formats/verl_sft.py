"""`verl-sft`: chats in Parquet as verl's SFT trainer reads them (`data.messages_key=messages`).

verl puts the loss on the assistant's whole message, the outputs inside it too.
"""

from export.formats.base import Format
from export.formats.messages import records, schema


def make() -> Format:
    """The format."""
    return Format("verl-sft", 1, "path", records, schema, masks="completion")
