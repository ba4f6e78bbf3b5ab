"""What happens to a trace, as server-sent events: the one asynchronous file.

Promises: a stream holds no database session; it ends by itself after some minutes, and htmx opens
the next one; a page that missed something, before it listened or because a message was lost, is
told to look again within some seconds: the database's events say so, not the broker. What is sent
are the names of regions, which the page then fetches, and the text that is being generated, as JSON
and never as HTML. FastAPI sends the heartbeats.
"""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from functools import partial
from time import monotonic
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.concurrency import run_in_threadpool
from fastapi.sse import EventSourceResponse, ServerSentEvent
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError
from sqlalchemy.orm import Session

from app.actions.slots import check_seen
from app.core.errors import NotFound
from app.core.language import _
from app.core.roles import Actor
from app.db.queries.workbench import newest_event, trace_in
from app.db.session import reading
from app.db.tables import Branch, Trace
from app.live import trace_channel
from app.web.deps import Db, Here, WebPorts
from app.web.workbench import REGIONS

router = APIRouter()
LASTS = 300.0
"""Seconds after which a stream ends."""
LOOKS = 5.0
"""Seconds between two looks for an event that no message told of."""


def visible_trace(session: Db, here: Here, trace_id: int, branch: int = 0) -> int:
    """The trace's id, if the person may see it, and the branch of it that they listen to."""
    trace = trace_in(session, here.project.id, trace_id)
    if trace is None:
        raise NotFound(_("There is no such trace in this project."))
    if branch:
        check_listened(session, here.actor, trace, branch)
    return trace_id


def check_listened(session: Session, actor: Actor, trace: Trace, branch_id: int) -> None:
    """Raises NotFound for a branch of another trace, or one that the actor may not see."""
    branch = session.get(Branch, branch_id)
    if branch is None or branch.trace_id != trace.id:
        raise NotFound(_("There is no such branch in this trace."))
    check_seen(session, actor, branch)


@router.get("/p/{slug}/traces/{trace_id}/events", response_class=EventSourceResponse)
async def trace_events(
    ports: WebPorts, trace: int = Depends(visible_trace), seen: int = 0, branch: int = 0
) -> AsyncIterator[ServerSentEvent]:
    """The regions that change from now on, and live text.

    `seen` is the page's newest event; what is about another branch than the page's is not told.
    """
    redis = Redis.from_url(ports.settings.broker)
    try:
        async with redis.pubsub() as channel:
            await channel.subscribe(trace_channel(trace))
            newest = partial(run_in_threadpool, _newest, ports, trace)
            async with aclosing(told_of(channel, newest, seen, branch)) as told:
                async for each in told:
                    yield each
    except RedisError:
        return  # The broker is away: the browser asks again, later and later.
    finally:
        await redis.aclose()


def _newest(ports: WebPorts, trace: int) -> int:
    with reading(ports.engine) as session:
        return newest_event(session, trace)


async def told_of(
    channel: PubSub, newest: Callable[[], Awaitable[int]], seen: int, branch: int
) -> AsyncGenerator[ServerSentEvent]:
    """What the channel says, and every region where an event came that it said nothing of."""
    ends, looks = monotonic() + LASTS, monotonic()
    while (left := ends - monotonic()) > 0:
        if monotonic() >= looks:
            known, seen = seen, max(seen, await newest())
            for region in REGIONS if seen > known else ():
                yield ServerSentEvent(event=region, raw_data="")
            looks = monotonic() + LOOKS
        wait = max(0.0, min(left, looks - monotonic()))
        message = await channel.get_message(ignore_subscribe_messages=True, timeout=wait)
        if message:
            told = json.loads(message["data"])
            seen = max(seen, told.get("event", 0))
            if event := _event(told, branch):
                yield event


def _event(told: dict[str, Any], branch: int) -> ServerSentEvent | None:
    if told.get("branch", branch) != branch:
        return None
    if told["region"] == "live":
        text = json.dumps({"branch": told["branch"], "text": told["text"]})
        return ServerSentEvent(event="live", raw_data=text)
    if told["region"] in REGIONS:
        return ServerSentEvent(event=told["region"], raw_data="")
    return None
