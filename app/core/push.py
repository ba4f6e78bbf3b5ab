"""Where a dataset can be pushed: a repository of a hub, or a folder of an S3-compatible store."""

import re
from typing import Literal

from app.core.errors import Invalid
from app.core.language import _
from app.core.model import Frozen

Store = Literal["hub", "s3"]
_LONGEST = 300
_PATTERNS: dict[Store, str] = {
    "hub": r"hf://datasets/([\w-][\w.-]*/[\w-][\w.-]*)",
    "s3": r"s3://([a-z0-9][a-z0-9.-]+(?:/[\w+=@-][\w.+=@-]*)+)",
}


class Target(Frozen):
    """A place of a kind of store: OWNER/NAME on a hub, BUCKET/FOLDER in S3."""

    store: Store
    place: str

    @property
    def address(self) -> str:
        """As a person writes it."""
        return f"hf://datasets/{self.place}" if self.store == "hub" else f"s3://{self.place}"


def target_of(text: str) -> Target:
    """A place as a person writes it. Raises Invalid."""
    text = text.strip().removesuffix("/")
    for store, pattern in _PATTERNS.items():
        if (found := re.fullmatch(pattern, text, re.ASCII)) and len(text) <= _LONGEST:
            return Target(store=store, place=found[1])
    raise Invalid(_("Name the place as hf://datasets/OWNER/NAME or s3://BUCKET/FOLDER."))
