"""What can be chosen of a project for a dataset: the values that its problems and verdicts have."""

from typing import NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.db.tables import ProblemRow, Trace, User, Verdict


class Choices(NamedTuple):
    """Benchmarks, difficulties, and who gave verdicts, each with the name."""

    sources: list[str]
    difficulties: list[str]
    people: list[tuple[int, str]]


def choices_of(session: Session, project_id: int) -> Choices:
    """The values of a project, in the order of the alphabet."""
    judges = (
        select(User.id, User.name)
        .join(Verdict, Verdict.user_id == User.id)
        .join(Trace, Trace.id == Verdict.trace_id)
        .where(Trace.project_id == project_id)
        .distinct()
        .order_by(User.name)
    )
    return Choices(
        sources=_names(session, select(ProblemRow.source).distinct(), project_id),
        difficulties=_names(session, select(ProblemRow.difficulty).distinct(), project_id),
        people=[(user_id, name) for user_id, name in session.execute(judges)],
    )


def _names(session: Session, query: Select[str | None], project_id: int) -> list[str]:
    found = session.scalars(query.where(ProblemRow.project_id == project_id))
    return sorted(name for name in found if name)
