"""Appending an event with what webhooks are told of it, and finding rows with a plain error."""

from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.outbox import put_out
from app.core.errors import NotFound
from app.core.roles import Actor
from app.db.tables import Base, Branch, Event, Trace
from app.live import announce, trace_channel

Row = TypeVar("Row", bound=Base)
WORKER = Actor(kind="worker", name="worker", admin=True, channel="worker")
"""Who a Celery worker is in events."""
TRACE_REGIONS = ("trace", "model", "review", "lineage", "verdict", "budget")


def get(session: Session, table: type[Row], key: int) -> Row:
    """The row of this id. Raises NotFound."""
    row = session.get(table, key)
    if row is None:
        raise NotFound(f"There is no {table.__name__.lower()} {key}.")
    return row


def lock_trace(session: Session, trace_id: int) -> None:
    """Let the decisions on a trace come one after another, until this transaction ends.

    What is asked afterwards is answered as the one before left it. Rows that only name the trace,
    such as the time spent on it, need not wait. SQLite has one writer anyway.
    """
    trace = select(Trace.id).where(Trace.id == trace_id)
    session.execute(trace.with_for_update(key_share=True))


def from_to(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """From what values to what, as an event's data say it; both with the same names."""
    return {"before": before, "after": after}


def record(
    session: Session,
    actor: Actor,
    verb: str,
    subject: str,
    *,
    project_id: int | None = None,
    trace_id: int | None = None,
    **data: Any,
) -> Event:
    """Append what was done. `data` holds ids and values (`from_to`), never a secret or a name."""
    event = Event(
        project_id=project_id,
        trace_id=trace_id,
        actor=actor.signature,
        channel=actor.channel,
        verb=verb,
        subject=subject,
        data=data,
    )
    session.add(event)
    put_out(session, event)
    return event


def record_on_trace(
    session: Session, actor: Actor, verb: str, subject: str, trace: Trace, **data: Any
) -> None:
    """Append what was done to a trace, and tell its open pages."""
    # Counted by the database: a worker may do the same at this moment.
    trace.revision = Trace.revision + 1
    place = {"project_id": trace.project_id, "trace_id": trace.id}
    event = record(session, actor, verb, subject, **place, **data)
    announce(session, trace_channel(trace.id), *TRACE_REGIONS, event=event)


def record_on_branch(
    session: Session, actor: Actor, verb: str, branch: Branch, **data: Any
) -> None:
    """Append what happened to a branch, and tell open pages.

    Of a trial, its readers alone are told, until it ends: then every page counts it.
    """
    trace, subject = branch.trace, f"branch:{branch.id}"
    if not branch.trial:
        record_on_trace(session, actor, verb, subject, trace, **data)
        return
    place = {"project_id": trace.project_id, "trace_id": trace.id}
    event = record(session, actor, verb, subject, **place, **data)
    announce(session, trace_channel(trace.id), *TRACE_REGIONS, branch=branch.id, event=event)
    if branch.outcome:
        announce(session, trace_channel(trace.id), "review", event=event)
