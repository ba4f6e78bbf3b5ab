"""Everything that is asked of a dataset: which rows, and how they become records."""

from app.core.masks import MaskPolicy
from app.core.selection import Count, Selection


class DatasetOptions(Selection):
    """The selection, the masks, and how long a record may be.

    `tokenizer` is a folder or a name on a hub; records of more than `max_tokens` stay out.
    """

    masks: MaskPolicy = MaskPolicy()
    tokenizer: str = ""
    max_tokens: Count | None = None
