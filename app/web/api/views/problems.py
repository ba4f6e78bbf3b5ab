"""Problems as the API shows them."""

from datetime import datetime

from pydantic import Field
from sqlalchemy.orm import Session

from app.core.answer import Reference, Tolerance
from app.core.model import Frozen
from app.db.convert import problem_of
from app.db.queries.problems import doubts_of, references_of
from app.db.tables import Doubt, ProblemRow, ReferenceChange


class ProblemLine(Frozen):
    """A problem in a list. `external_id` is what its source calls it."""

    id: int = Field(examples=[7])
    external_id: str | None = Field(examples=["IndustryOR-12"])
    question: str
    asks: str
    reference: Reference
    tolerance: Tolerance | None = Field(description="null is the project's default, `strict`.")
    source: str | None
    difficulty: str | None
    tags: tuple[str, ...]
    language: str = Field(examples=["en"], description="ISO 639-1; empty where unknown.")
    created_at: datetime


class ReferenceLine(Frozen):
    """A reference that was recorded, or one that was confirmed, with the reason."""

    id: int
    reference: Reference
    reason: str
    by: str
    confirms: bool
    at: datetime


class DoubtLine(Frozen):
    """A doubt about the reference. It is open until it is answered or taken back."""

    id: int
    reason: str
    by: str
    at: datetime
    answered_by: int | None = Field(description="The id of the reference that answered it.")
    withdrawn_at: datetime | None


class ProblemView(ProblemLine):
    """A problem, and all that was said of its reference, the newest first."""

    references: tuple[ReferenceLine, ...]
    doubts: tuple[DoubtLine, ...]


def problem_line(row: ProblemRow) -> ProblemLine:
    """A problem in a list."""
    return ProblemLine(id=row.id, created_at=row.created_at, **dict(problem_of(row)))


def problem_view(session: Session, row: ProblemRow) -> ProblemView:
    """One problem."""
    return ProblemView(
        **dict(problem_line(row)),
        references=tuple(map(_reference, references_of(session, row.id))),
        doubts=tuple(map(_doubt, doubts_of(session, row.id))),
    )


def _reference(row: ReferenceChange) -> ReferenceLine:
    return ReferenceLine(
        id=row.id,
        reference=Reference.model_validate(row.reference),
        reason=row.reason,
        by=row.actor_name,
        confirms=row.confirms,
        at=row.at,
    )


def _doubt(row: Doubt) -> DoubtLine:
    return DoubtLine(
        id=row.id,
        reason=row.reason,
        by=row.actor_name,
        at=row.at,
        answered_by=row.answered_by,
        withdrawn_at=row.withdrawn_at,
    )
