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
    one = "|".join(map(re.escape, longest))
    found = re.finditer(rf"(?<!\w)@({one})(?!\w)", text, re.IGNORECASE)
    return {known[match[1].casefold()] for match in found if match[1].casefold() in known}
