"""Who is mentioned in a comment: @ and a person's name. Promises: pure."""

import re
from collections.abc import Iterable

MAX_COMMENT = 4_000


def mentioned(text: str, names: Iterable[str]) -> set[str]:
    """Those of the names that stand behind an @, whatever their case; of two the longer one.

    A name ends where its letters do: @ann is nobody in @annabel.
    """
    longest = sorted(names, key=len, reverse=True)
    if not longest:
        return set()
    known = {name.casefold(): name for name in longest}
    found = _mention_of(longest).finditer(text)
    return {known[match[1].casefold()] for match in found if match[1].casefold() in known}


def renamed_in(text: str, names: Iterable[str], name: str) -> str:
    """The text with another name wherever one of the names is mentioned."""
    longest = sorted(names, key=len, reverse=True)
    return _mention_of(longest).sub(lambda _: f"@{name}", text) if longest else text


def _mention_of(names: Iterable[str]) -> re.Pattern[str]:
    one = "|".join(map(re.escape, names))
    return re.compile(rf"(?<!\w)@({one})(?!\w)", re.IGNORECASE)
