"""The stream of a trace: what it passes on, that it ends, and that it holds no session."""

import asyncio
import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from redis import Redis
from sqlalchemy import Engine, select

from app.core.roles import SCRIPT
from app.db.session import reading, transaction
from app.db.tables import Branch, Event, Project, Trace
from app.settings import Settings
from app.web import stream
from app.web.workbench import REGIONS
from tests.web.conftest import HOSTILE, Browser


class Told:
    """What a browser is told on a trace's stream while others publish."""

    def __init__(
        self, browser: Browser, address: str, publish: Callable[[], None], every: float = 0.1
    ) -> None:
        ended = threading.Event()

        def keep_publishing() -> None:
            while not ended.wait(every):
                publish()

        thread = threading.Thread(target=keep_publishing)
        thread.start()
        try:
            self.response = browser.get(address)
        finally:
            ended.set()
            thread.join()
        blocks = [block.split("\n") for block in self.response.text.split("\n\n")]
        fields = [dict(line.split(": ", 1) for line in lines if ": " in line) for lines in blocks]
        self.events = [(each["event"], each.get("data", "")) for each in fields if "event" in each]


@pytest.fixture
def viewer(browser_of: Callable[..., Browser], monkeypatch: pytest.MonkeyPatch) -> Browser:
    """Somebody who may look, at streams that end soon."""
    monkeypatch.setattr(stream, "LASTS", 1.0)
    return browser_of("viewer")


@pytest.fixture
def trace(engine: Engine, project: Project) -> int:
    """The project's trace."""
    with reading(engine) as session:
        return session.scalars(select(Trace.id)).one()


def test_regions_and_live_text_are_passed_on_and_the_stream_ends(
    viewer: Browser, project: Project, trace: int, configured: Settings, engine: Engine
) -> None:
    held: list[int] = []
    with reading(engine) as session:
        branch = session.scalars(select(Branch.id)).one()
    live = {"region": "live", "branch": branch, "text": f"a\n\nb {HOSTILE}"}
    other = [{"region": "budget", "branch": branch + 1}, {**live, "branch": branch + 1}]
    messages = [{"region": "trace"}, {"region": "batch"}, live, *other]

    def publish() -> None:
        held.append(engine.pool.checkedout())  # type: ignore[attr-defined]
        for message in messages:
            broker.publish(f"calm:trace:{trace}", json.dumps(message))
            broker.publish(f"calm:trace:{trace + 1}", json.dumps({"region": "review"}))

    with Redis.from_url(configured.broker) as broker:
        address = f"/p/{project.slug}/traces/{trace}/events?branch={branch}"
        told = Told(viewer, address, publish)
    assert told.response.headers["content-type"].startswith("text/event-stream")
    assert {name for name, _ in told.events} == {"trace", "live"}
    [text] = {data for name, data in told.events if name == "live"}
    assert json.loads(text) == {"branch": branch, "text": live["text"]}
    assert set(held[-5:]) == {0}  # all while the stream ran: it lasts a second


def happen(engine: Engine, trace: int) -> int:
    """Something is done to a trace, and nobody is told; the event's id."""
    with transaction(engine) as session:
        actor = SCRIPT.model_dump(include={"kind", "name", "id"})
        event = Event(trace_id=trace, actor=actor, verb="grow", subject="branch:1")
        session.add(event)
        session.flush()
        return event.id


def test_a_page_that_missed_something_is_told_to_look_again(
    viewer: Browser, project: Project, trace: int, engine: Engine
) -> None:
    newest = happen(engine, trace)
    address = f"/p/{project.slug}/traces/{trace}/events?seen="
    assert "trace" in dict(Told(viewer, f"{address}{newest - 1}", lambda: None).events)
    assert Told(viewer, f"{address}{newest}", lambda: None).events == []


def test_a_page_whose_message_was_lost_is_told_to_look_again(
    viewer: Browser,
    project: Project,
    trace: int,
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stream, "LOOKS", 0.1)
    monkeypatch.setattr(stream, "LASTS", 3.0)
    address = f"/p/{project.slug}/traces/{trace}/events?seen={happen(engine, trace)}"
    late = [lambda: happen(engine, trace)]
    told = Told(viewer, address, lambda: late.pop()() if late else None, every=0.3)
    assert [name for name, _ in told.events] == list(REGIONS)  # each once


class Channel:
    """What a subscription gives: these messages, one a time, then none."""

    def __init__(self, *messages: dict[str, object]) -> None:
        self.messages = list(messages)

    async def get_message(self, **_: object) -> dict[str, str] | None:
        return {"data": json.dumps(self.messages.pop(0))} if self.messages else None


def test_of_what_a_message_told_nothing_is_told_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "LOOKS", 0.0)
    newest = iter([5, 6, 6, 7])

    async def look() -> int:
        return next(newest)

    async def hear() -> list[str | None]:
        channel: Any = Channel({"region": "trace", "event": 6}, {"region": "review", "branch": 8})
        told = stream.told_of(channel, look, 5, branch=7)
        return [(await anext(told)).event for _ in range(1 + len(REGIONS))]

    assert asyncio.run(hear()) == ["trace", *REGIONS]  # for 7, which no message told of


def test_a_broker_that_is_away_ends_the_stream_quietly(
    viewer: Browser, project: Project, trace: int
) -> None:
    ports = viewer.client.app.state.ports  # type: ignore[attr-defined]
    away = ports.settings.model_copy(update={"redis_url": "redis://127.0.0.1:1/0"})
    viewer.client.app.state.ports = type(ports)(ports.engine, away)  # type: ignore[attr-defined]
    told = Told(viewer, f"/p/{project.slug}/traces/{trace}/events", lambda: None)
    assert (told.response.status_code, told.events) == (200, [])


def test_a_stranger_hears_nothing(
    browser_of: Callable[..., Browser], project: Project, trace: int
) -> None:
    address = f"/p/{project.slug}/traces/{trace}/events"
    assert browser_of(None).get(address).status_code == 404
    assert browser_of("viewer").get(address.replace(f"/{trace}/", "/9999/")).status_code == 404
