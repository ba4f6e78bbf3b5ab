"""Telling open pages what changed: after the commit, over the broker's publish and subscribe.

Promises: an announcement names regions, never contents, and is sent only once its transaction is
committed; it carries the event that it is about, so that a stream knows which it has heard of. Text
that is being generated is published as it comes and stored nowhere. A page that misses a message
loses nothing, for every region can be fetched again.
"""

import json
from contextlib import suppress
from functools import cache, partial

from redis import Redis, RedisError
from sqlalchemy import inspect
from sqlalchemy.orm import Session

from app.db.session import after_commit
from app.db.tables import Event
from app.settings import settings


@cache
def broker() -> "Redis":
    """This process's client of the broker."""
    return Redis.from_url(settings().broker, socket_connect_timeout=2, socket_timeout=5)


def trace_channel(trace_id: int) -> str:
    """Where changes of a trace are published."""
    return f"calm:trace:{trace_id}"


def announce(
    session: Session,
    channel: str,
    *regions: str,
    branch: int | None = None,
    event: Event | None = None,
) -> None:
    """Tell the pages on `channel` that `regions` changed, once `session` has committed.

    With `branch`, only those that show this branch of the trace. `event` is what changed them.
    """
    told = {} if branch is None else {"branch": branch}
    for region in regions:
        after_commit(session, partial(_tell, channel, {"region": region, **told}, event))


def stream_text(trace_id: int, branch_id: int, text: str) -> None:
    """Publish text that is being generated; it may be lost."""
    with suppress(RedisError):
        _publish(trace_channel(trace_id), {"region": "live", "branch": branch_id, "text": text})


def _tell(channel: str, told: dict[str, object], event: Event | None) -> None:
    # By its identity: the event's own attributes are gone with its session.
    identity = inspect(event).identity if event else None
    _publish(channel, {**told, "event": identity[0]} if identity else told)


def _publish(channel: str, message: dict[str, object]) -> None:
    broker().publish(channel, json.dumps(message))
