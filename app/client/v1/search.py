"""The operations of the API on search. Written by `make openapi`."""

from collections.abc import Iterator
from typing import Literal

from app.client.base import Operations, Shown


class FoundPiece(Shown):
    """A piece of the words around; `found` where it is what was looked for."""

    text: str
    found: bool


class FoundView(Shown):
    """One thing that was found, in the project `slug`. A problem stands on no trace.

    `step` counts from 0 in the path of the branch.
    """

    slug: str
    title: str
    where: str
    problem_id: int
    trace_id: int | None
    branch_id: int | None
    step: int | None
    pieces: tuple[FoundPiece, ...]


class SearchOperations(Operations):
    """What can be asked for."""

    def search(
        self, slug: str, *, q: str, kind: Literal["problem", "step", "hint"], limit: int = 50
    ) -> Iterator[FoundView]:
        """What a project has of these words, the newest first."""
        return self._list(FoundView, ("projects", slug, "search"), q=q, kind=kind, limit=limit)

    def search_everywhere(
        self, *, q: str, kind: Literal["problem", "step", "hint"], limit: int = 50
    ) -> Iterator[FoundView]:
        """What all projects of the caller have of these words, the newest first."""
        return self._list(FoundView, ("search",), q=q, kind=kind, limit=limit)
