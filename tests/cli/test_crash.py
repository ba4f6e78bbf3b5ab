"""A worker that is killed in the middle of a reply costs that reply: real processes, `kill -9`."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

import psutil
import pytest
from sqlalchemy import func, select

from app.actions.ports import Ports, open_ports
from app.actions.projects import ProjectChange, change_project, create_project
from app.actions.start_trace import start_trace
from app.cli import programs
from app.cli.family import Family
from app.core.answer import parse_reference
from app.core.roles import SCRIPT
from app.core.trace import text_of
from app.db.convert import path_of
from app.db.migrate import upgrade
from app.db.session import reading, transaction
from app.db.tables import Branch, ExecutionRow, ProblemRow, Usage
from app.settings import settings

PATIENCE = 240
REPLIES = ("Let me compute.\n```python\nprint(6 * 7)\n```\n", "Now I", "It is \\boxed{42}.")
HANGS = 1


class Model(ThreadingHTTPServer):
    """Gives each reply in turn, and falls silent in the middle of the second."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[Any] = []
        self.over = Event()
        self.url = f"http://127.0.0.1:{self.server_address[1]}/v1"


class Handler(BaseHTTPRequestHandler):
    server: Model

    def log_message(self, *_: Any) -> None:
        """Tests read answers, not logs."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        number = len(self.server.asked)
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        self._say(REPLIES[min(number, 2)], None)
        self.server.asked.append(body["messages"])
        if number == HANGS:
            self.server.over.wait()
            return
        self._say("", "stop")
        self.wfile.write(b"data: [DONE]\n\n")

    def _say(self, text: str, finish: str | None) -> None:
        choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish}
        event = {"id": "1", "object": "x", "created": 1, "model": "m", "choices": [choice]}
        self.wfile.write(f"data: {json.dumps(event)}\n\n".encode())
        self.wfile.flush()


@pytest.fixture
def model() -> Iterator[Model]:
    with Model() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.over.set()
        server.shutdown()
        thread.join()


@contextmanager
def working() -> Iterator[Family]:
    """A broker and workers on a fresh database, until the block ends."""
    upgrade(settings().database)
    family = Family()
    try:
        family.start_broker(settings())
        for worker in programs.workers(settings()):
            family.start(worker)
        yield family
    finally:
        family.end()


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Family]:
    """Workers that miss a dead one soon."""
    given = {"DATA": tmp_path, "JOB_LEASE_SECONDS": 2, "SWEEP_SECONDS": 1, "SECRET_KEY": "secret"}
    for name, value in given.items():
        monkeypatch.setenv(f"CALM_{name}", str(value))
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    settings.cache_clear()
    with working() as family:
        yield family
    settings.cache_clear()


def begin(ports: Ports, url: str) -> int:
    """A branch that the model is to write; the sweep sends its job."""
    reasoner = {"name": "openai", "base_url": url, "model": "m", "mode": "restart"}
    with transaction(ports.engine) as session:
        project = create_project(session, SCRIPT, "Harbour")
        change_project(session, SCRIPT, project.id, ProjectChange(reasoner=reasoner))
        reference = parse_reference(42).model_dump(mode="json")
        problem = ProblemRow(project_id=project.id, key="k", question="How?", reference=reference)
        session.add(problem)
        session.flush()
        return start_trace(session, SCRIPT, problem.id).branches[0].id


def wait_for(family: Family, happens: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happens():
        assert time.monotonic() < deadline
        family.look()


def kill_worker() -> None:
    for child in psutil.Process().children():
        with suppress(psutil.NoSuchProcess):  # one that an earlier test has ended
            if "model-1@calm" in child.cmdline():
                child.kill()


def test_a_killed_worker_costs_the_reply_and_nothing_before_it(
    installation: Family, model: Model
) -> None:
    ports = open_ports(settings())
    branch_id = begin(ports, model.url)
    wait_for(installation, lambda: len(model.asked) == HANGS + 1)
    kill_worker()

    def ended() -> bool:
        with reading(ports.engine) as session:
            return session.get_one(Branch, branch_id).outcome is not None

    wait_for(installation, ended)
    with reading(ports.engine) as session:
        branch = session.get_one(Branch, branch_id)
        written = f"{REPLIES[0]}```output\n42\n```\n{REPLIES[2]}"
        assert (branch.outcome, text_of(path_of(branch))) == ("answered", written)
        assert session.scalar(select(func.count()).select_from(ExecutionRow)) == 1
        assert session.scalar(select(func.count()).select_from(Usage)) == 2
    ports.engine.dispose()
    assert len(model.asked) == 3
    assert model.asked[1] == model.asked[2]
    assert REPLIES[0] in str([each["content"] for each in model.asked[2]]).replace("\\n", "\n")
