"""Rows that belong together, for tools whose files spread one trace over several.

Promises: what is held is bounded, whatever the file; a row beyond that is refused with the reason.
"""

from collections.abc import Callable, Iterable, Iterator

from app.backends.importers.rows import BadRow, Row
from app.core.language import _

MOST_HELD = 2**28
"""Characters of rows that are held to be put together."""


def grouped(
    rows: Iterable[Row | BadRow], key_of: Callable[[Row], str]
) -> Iterator[BadRow | list[Row]]:
    """Bad rows as they come, then the rows of each key, in the order of their first."""
    groups: dict[str, list[Row]] = {}
    held = 0
    for row in rows:
        if isinstance(row, BadRow):
            yield row
            continue
        held += len(repr(row.data))
        if held > MOST_HELD:
            yield BadRow(row.number, _("The file is too long to be put together: cut it in parts."))
        else:
            # What has no key belongs to nothing else.
            groups.setdefault(key_of(row) or f"\0{len(groups)}", []).append(row)
    yield from groups.values()
