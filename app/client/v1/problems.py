"""The operations of the API on problems. Written by `make openapi`."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from app.client.base import Operations, Shown
from app.core.answer.grading import Tolerance
from app.core.answer.reference import Reference
from app.core.model import Frozen


class ProblemLine(Shown):
    """A problem in a list. `external_id` is what its source calls it."""

    id: int
    external_id: str | None
    question: str
    asks: str
    reference: Reference
    tolerance: Tolerance | None
    """null is the project's default, `strict`."""
    source: str | None
    difficulty: str | None
    tags: tuple[str, ...]
    language: str
    """ISO 639-1; empty where unknown."""
    created_at: datetime


class ReferenceLine(Shown):
    """A reference that was recorded, or one that was confirmed, with the reason."""

    id: int
    reference: Reference
    reason: str
    by: str
    confirms: bool
    at: datetime


class DoubtLine(Shown):
    """A doubt about the reference. It is open until it is answered or taken back."""

    id: int
    reason: str
    by: str
    at: datetime
    answered_by: int | None
    """The id of the reference that answered it."""
    withdrawn_at: datetime | None


class ProblemView(ProblemLine):
    """A problem, and all that was said of its reference, the newest first."""

    references: tuple[ReferenceLine, ...]
    doubts: tuple[DoubtLine, ...]


class NewReference(Frozen):
    """A reference: a number, several joined by "or", infeasible, unbounded or no-optimum."""

    reference: str
    reason: str


class Reason(Frozen):
    """Why, in a few words."""

    reason: str


class Rows(Frozen):
    """Rows as they would stand in a file; `mapping` names their columns, where names don't
    tell.

    Numbers in them are read as they are written.
    """

    what: Literal["problems", "traces"]
    rows: tuple[dict[str, Any], ...]
    mapping: dict[str, str] = Field(default_factory=dict)


class FailedRow(Shown):
    """A row that was not taken: its line or place in the file, from 1, and the reason."""

    row: int
    reason: str


class LeftOutOf(Shown):
    """What was left out of a row, and why; the rest of the row may have gone in."""

    row: int
    what: str
    why: str


class ImportReport(Shown):
    """What an import did; every row of the file is in exactly one of the first three."""

    imported: int
    unchanged: int
    failed: tuple[FailedRow, ...]
    left_out: tuple[LeftOutOf, ...] = ()


class ProblemsOperations(Operations):
    """What can be asked for."""

    def list_problems(
        self,
        slug: str,
        *,
        q: str = "",
        only: Literal["all", "untried", "unknown", "suspect", "doubted", "golden"] = "all",
        limit: int = 50,
    ) -> Iterator[ProblemLine]:
        """The problems of a project."""
        return self._list(ProblemLine, ("projects", slug, "problems"), q=q, only=only, limit=limit)

    def get_problem(self, slug: str, problem_id: int, *, seen: Shown | None = None) -> ProblemView:
        """One problem, with all that was said of its reference."""
        return self._one(ProblemView, "GET", ("projects", slug, "problems", problem_id), seen=seen)

    def record_reference(
        self, slug: str, problem_id: int, body: NewReference, *, seen: Shown | None = None
    ) -> ProblemView:
        """Record the right answer. For annotators.

        Every trace of the problem is graded anew, and golden ones that it contradicts
        return to the queue.
        """
        return self._one(
            ProblemView,
            "POST",
            ("projects", slug, "problems", problem_id, "references"),
            body=body,
            seen=seen,
        )

    def confirm_reference(
        self, slug: str, problem_id: int, body: Reason, *, seen: Shown | None = None
    ) -> ProblemView:
        """Say that the reference was looked at and is right. For annotators."""
        return self._one(
            ProblemView,
            "POST",
            ("projects", slug, "problems", problem_id, "confirmations"),
            body=body,
            seen=seen,
        )

    def doubt_reference(
        self, slug: str, problem_id: int, body: Reason, *, seen: Shown | None = None
    ) -> ProblemView:
        """Question the reference without knowing a better one. For annotators."""
        return self._one(
            ProblemView,
            "POST",
            ("projects", slug, "problems", problem_id, "doubts"),
            body=body,
            seen=seen,
        )

    def take_doubt_back(
        self, slug: str, problem_id: int, doubt_id: int, *, seen: Shown | None = None
    ) -> None:
        """Take one's own doubt back. For annotators."""
        self._none(
            "DELETE", ("projects", slug, "problems", problem_id, "doubts", doubt_id), seen=seen
        )

    def import_rows(self, slug: str, body: Rows) -> ImportReport:
        """Take problems, or finished traces, in. For leads.

        A row that can't be taken is reported by its number, and the rest goes in; the same
        rows twice add nothing.
        """
        return self._one(ImportReport, "POST", ("projects", slug, "imports"), body=body)

    def import_file(
        self,
        slug: str,
        file: Path,
        *,
        what: Literal["problems", "traces"],
        kind: Literal["rows", "argilla", "label_studio", "langfuse", "potato"] | None = None,
        question: str = "",
        answer: str = "",
        id: str = "",
        difficulty: str = "",
        source: str = "",
        tags: str = "",
        language: str = "",
        response: str = "",
    ) -> ImportReport:
        """Take a file in: JSON lines, a JSON array, CSV or Parquet. For leads.

        As with rows; a column is found by its name, or named by hand in the field that it
        is for.
        """
        return self._upload(
            ImportReport,
            ("projects", slug, "imports", "file"),
            file,
            what=what,
            kind=kind,
            question=question,
            answer=answer,
            id=id,
            difficulty=difficulty,
            source=source,
            tags=tags,
            language=language,
            response=response,
        )
