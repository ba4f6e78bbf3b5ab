"""Reviews that were paid for, kept in a file of JSON lines so that nobody pays for them again.

Promises: a review is in the file before the next one is asked for; a line that was cut off when the
process died is dropped, and nothing else is. A file that is not one of these is refused.
"""

from pathlib import Path
from threading import Lock
from typing import Literal

from pydantic import ValidationError

from app.backends.interveners.base import Review
from app.core.errors import Invalid
from app.core.model import Frozen
from app.core.proposal import Flawless, Proposal

_BEGINS = b'{"key":'


class KeptReview(Frozen):
    """A review of the trace `id`; `key` stands for all that was asked, and of whom."""

    key: str
    id: str
    version: Literal[1] = 1
    proposals: tuple[Proposal, ...] = ()
    flawless: Flawless | None = None


class KeptReviews:
    """The reviews of a file, made where there is none. For many threads. Raises Invalid, OSError.

    Without a path nothing is kept.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = Lock()
        self._known = _open(path) if path else {}

    def find(self, key: str) -> Review | None:
        """The review of this key, if it was kept."""
        kept = self._known.get(key)
        return (kept.flawless or kept.proposals) if kept else None

    def keep(self, key: str, trace_id: str, review: Review) -> None:
        """Put a review into the file."""
        if self._path is None:
            return
        found = {"flawless" if isinstance(review, Flawless) else "proposals": review}
        kept = KeptReview.model_validate({"key": key, "id": trace_id, **found})
        with self._lock, self._path.open("a", encoding="utf-8") as file:
            file.write(kept.model_dump_json() + "\n")


def _open(path: Path) -> dict[str, KeptReview]:
    """What the file holds, with a last line that was cut off taken away."""
    with path.open("a+b") as file:
        file.seek(0)
        *lines, rest = file.read().split(b"\n")
        try:
            kept = [KeptReview.model_validate_json(line) for line in lines]
        except ValidationError as error:
            raise Invalid(f"{path} is not a file of kept reviews.") from error
        if not rest.startswith(_BEGINS[: len(rest)]):
            raise Invalid(f"{path} is not a file of kept reviews.")
        file.truncate(sum(len(line) + 1 for line in lines))
    return {each.key: each for each in kept}
