"""Numbers for the list of projects and for a project's own first page."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db.queries.gold import own_counts
from app.db.tables import ProblemRow, Trace


def problems_by_project(session: Session) -> dict[int, int]:
    """How many problems each project has."""
    query = select(ProblemRow.project_id, func.count().label("many")).group_by(
        ProblemRow.project_id
    )
    return {each.project_id: each.many for each in session.execute(query)}


def states_by_project(session: Session, user_id: int | None) -> dict[int, dict[str, int]]:
    """How many traces of each state each project has, as a person finds them."""
    query = select(Trace.project_id, Trace.state, func.count())
    found: dict[int, dict[str, int]] = {}
    for project, state, many in session.execute(query.group_by(Trace.project_id, Trace.state)):
        found.setdefault(project, {})[state] = many
    return own_counts(session, user_id, found)
