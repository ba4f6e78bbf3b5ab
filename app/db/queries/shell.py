"""What the frame around every page asks: projects of a person, the queue's length, warnings."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db.queries.gold import own_counts
from app.db.tables import ExecutionRow, Trace


def queue_length(session: Session, project_id: int, user_id: int | None) -> int:
    """How many traces of a project wait for a person."""
    waiting = select(func.count()).where(Trace.project_id == project_id, Trace.state == "review")
    found = {project_id: {"review": session.scalar(waiting) or 0}}
    return own_counts(session, user_id, found)[project_id]["review"]


def last_isolation(session: Session) -> str | None:
    """The isolation level of the newest execution; None where nothing was executed yet."""
    level = ExecutionRow.execution["isolation"]["level"].as_string()
    return session.scalar(select(level).order_by(ExecutionRow.id.desc()).limit(1))
