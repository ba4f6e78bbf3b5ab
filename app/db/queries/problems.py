"""Problems of a project: the list with its filter, and what belongs to one of them."""

from collections.abc import Sequence
from typing import Literal

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from app.db.queries.gold import state_for
from app.db.queries.suspects import suspects
from app.db.tables import Doubt, ProblemRow, ReferenceChange, Trace

ProblemFilter = Literal["all", "untried", "unknown", "suspect", "doubted", "golden"]


def find_problems(
    session: Session, project_id: int, text: str, only: ProblemFilter
) -> Select[ProblemRow]:
    """The problems that hold `text`, newest last; `only` narrows them by what was done."""
    query = select(ProblemRow).where(ProblemRow.project_id == project_id).order_by(ProblemRow.id)
    if text:
        columns = (ProblemRow.question, ProblemRow.external_id, ProblemRow.source)
        query = query.where(or_(*(each.icontains(text, autoescape=True) for each in columns)))
    traces = select(Trace.id).where(Trace.problem_id == ProblemRow.id)
    if only == "untried":
        query = query.where(~traces.exists())
    if only == "golden":
        query = query.where(traces.where(Trace.state == "golden").exists())
    if only == "unknown":
        query = query.where(ProblemRow.reference["kind"].as_string() == "unknown")
    if only == "suspect":
        query = query.where(ProblemRow.id.in_(suspects(session, project_id)))
    if only == "doubted":
        doubts = select(Doubt.id).where(Doubt.problem_id == ProblemRow.id, is_open())
        query = query.where(doubts.exists())
    return query


def is_open() -> ColumnElement[bool]:
    """A condition on `Doubt`: nobody answered it and it was not taken back."""
    return Doubt.answered_by.is_(None) & Doubt.withdrawn_at.is_(None)


def doubted(session: Session, problem_ids: Sequence[int]) -> set[int]:
    """Those of these problems whose reference somebody questions."""
    query = select(Doubt.problem_id).where(Doubt.problem_id.in_(problem_ids), is_open())
    return set(session.scalars(query))


def doubts_of(session: Session, problem_id: int) -> Sequence[Doubt]:
    """Every doubt about a problem's reference, those taken back too, newest first."""
    query = select(Doubt).where(Doubt.problem_id == problem_id)
    return session.scalars(query.order_by(Doubt.id.desc())).all()


def problem_ids(session: Session, project_id: int, text: str, only: ProblemFilter) -> list[int]:
    """The ids of all problems that a filter finds."""
    found = find_problems(session, project_id, text, only)
    return list(session.scalars(found.with_only_columns(ProblemRow.id)))


def states_by_problem(
    session: Session, ids: Sequence[int], user_id: int | None
) -> dict[int, dict[str, int]]:
    """How many traces of each state each of these problems has, as a person finds them."""
    stands = state_for(user_id).label("stands")
    query = select(Trace.problem_id, stands, func.count().label("many"))
    query = query.where(Trace.problem_id.in_(ids)).group_by(Trace.problem_id, stands)
    found: dict[int, dict[str, int]] = {}
    for problem_id, state, many in session.execute(query):
        found.setdefault(problem_id, {})[state] = many
    return found


def references_of(session: Session, problem_id: int) -> Sequence[ReferenceChange]:
    """Every reference that a problem had, newest first."""
    changes = select(ReferenceChange).where(ReferenceChange.problem_id == problem_id)
    return session.scalars(changes.order_by(ReferenceChange.id.desc())).all()
