"""Appending an event, and finding rows with a plain error where there are none."""

from typing import Any, TypeVar

from sqlalchemy.orm import Session

from app.core.errors import NotFound
from app.core.roles import Actor
from app.db.tables import Base, Event, Trace
from app.live import announce, trace_channel

Row = TypeVar("Row", bound=Base)
WORKER = Actor(kind="worker", name="worker", admin=True)
"""Who a Celery worker is in events."""
TRACE_REGIONS = ("trace", "review", "lineage", "verdict", "budget")


def get(session: Session, table: type[Row], key: int) -> Row:
    """The row of this id. Raises NotFound."""
    row = session.get(table, key)
    if row is None:
        raise NotFound(f"There is no {table.__name__.lower()} {key}.")
    return row


def record(
    session: Session,
    actor: Actor,
    verb: str,
    subject: str,
    *,
    project_id: int | None = None,
    trace_id: int | None = None,
    **data: Any,
) -> None:
    """Append what was done. `data` holds ids and values, never a secret."""
    who = actor.model_dump(include={"kind", "name", "id"})
    session.add(
        Event(
            project_id=project_id,
            trace_id=trace_id,
            actor=who,
            verb=verb,
            subject=subject,
            data=data,
        )
    )


def record_on_trace(
    session: Session, actor: Actor, verb: str, subject: str, trace: Trace, **data: Any
) -> None:
    """Append what was done to a trace, and tell its open pages."""
    trace.revision += 1
    place = {"project_id": trace.project_id, "trace_id": trace.id}
    record(session, actor, verb, subject, **place, **data)
    announce(session, trace_channel(trace.id), *TRACE_REGIONS)
