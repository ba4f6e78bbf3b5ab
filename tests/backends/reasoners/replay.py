"""What model servers answered to the probe and to one continuation, kept in `exchanges/`, replayed.

A request is answered by the exchange of its route that names most of its fields, and nothing else.
Recorded ones name all fields (`record.py` writes them); those from a server's documentation name
what matters.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Literal

from pydantic import Field

from app.backends.reasoners.base import Chunk, Request, Sampling
from app.backends.reasoners.openai import make
from app.backends.reasoners.probe import probe
from app.backends.reasoners.server import Server
from app.core.model import Frozen
from app.core.trace import Step
from tests.servers.tiny_model import HINT, QUESTION, SYSTEM

FOLDER = Path(__file__).parent / "exchanges"
CONTINUED = Request(
    question=QUESTION,
    system=SYSTEM,
    path=(
        Step(kind="thought", author="reasoner", text="I divide.\n"),
        Step(kind="hint", author="human", text=f"{HINT}\n"),
    ),
    sampling=Sampling(temperature=0, max_tokens=100),
)


class Exchange(Frozen):
    """One request, by its route and fields, and its answer: text, or JSON."""

    route: str
    sent: dict[str, Any] = Field(default_factory=dict)
    status: int = 200
    kind: str = "application/json"
    answered: Any


class Exchanges(Frozen):
    """One server's; `found` is what the probe reads of them, `said` what a continuation gives."""

    server: str
    version: str
    known: Literal["recorded", "from documentation"]
    source: str
    found: dict[str, Any]
    said: tuple[str, ...]
    exchanges: tuple[Exchange, ...]


def load(name: str) -> Exchanges:
    """Those of one server."""
    return Exchanges.model_validate_json((FOLDER / f"{name}.json").read_text("utf-8"))


def asked(server: Server) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What the probe finds of a server, and the chunks with which it goes on with CONTINUED."""
    abilities = probe(server)
    found = {"mode": abilities.mode, "dialect": abilities.dialect, "context": abilities.context}
    able = {one.ability: one.able for one in abilities.findings}
    set_up = {"mode": abilities.mode, "dialect": abilities.dialect or server.dialect}
    kept = {"abilities": abilities.model_dump(mode="json")}
    *chunks, end = make(server.model_dump() | set_up | kept).write(CONTINUED)
    texts = [chunk.text for chunk in chunks if isinstance(chunk, Chunk)]
    return found | {"able": able}, (*texts, str(end[0]))


class Replay(ThreadingHTTPServer):
    """Answers as the exchanges say; requests that fit none are kept in `strange`."""

    daemon_threads = True

    def __init__(self, exchanges: Exchanges) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.exchanges = exchanges.exchanges
        self.strange: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class _Handler(BaseHTTPRequestHandler):
    server: Replay

    def log_message(self, *_: Any) -> None:
        """Tests read answers, not logs."""

    def do_POST(self) -> None:
        self._answer(json.loads(self.rfile.read(int(self.headers["content-length"]))))

    def do_GET(self) -> None:
        self._answer({})

    def _answer(self, body: dict[str, Any]) -> None:
        route = f"{self.command} {self.path}"
        fits = (e for e in self.server.exchanges if e.route == route and _within(e.sent, body))
        found = max(fits, key=lambda one: len(one.sent), default=None)
        if found is None:
            self.server.strange.append(f"{route} {sorted(body)}")
            found = Exchange(route=route, status=404, answered={"error": {"message": "unknown"}})
        text = found.answered if isinstance(found.answered, str) else json.dumps(found.answered)
        self.send_response(found.status)
        self.send_header("content-type", found.kind)
        self.end_headers()
        self.wfile.write(text.encode())


def _within(part: dict[str, Any], whole: dict[str, Any]) -> bool:
    return all(name in whole and whole[name] == value for name, value in part.items())


@contextmanager
def replaying(exchanges: Exchanges) -> Iterator[Replay]:
    """A server that answers as the exchanges say, while the block runs."""
    with Replay(exchanges) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
