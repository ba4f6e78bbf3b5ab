"""A problem as the rest of the core sees it."""

from app.core.answer import Reference, Tolerance
from app.core.model import Frozen


class Problem(Frozen):
    """A word problem, its reference and, where it was set for this problem, its tolerance."""

    question: str
    reference: Reference
    tolerance: Tolerance | None = None
    asks: str = "objective"
    external_id: str | None = None
    source: str | None = None
    difficulty: str | None = None
    tags: tuple[str, ...] = ()
    language: str = ""
