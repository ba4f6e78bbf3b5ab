"""What the tests of the client share: a real server, people's tokens, and a server that
answers what a test tells it to, over real HTTP both."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import pytest
import uvicorn
from sqlalchemy import Engine

from app.actions.accounts import create_user, set_role
from app.actions.tokens import create_token
from app.client import Client
from app.core.roles import SCOPES, SCRIPT, Role, Scope
from app.db.session import transaction
from app.db.tables import Project
from tests.web.conftest import (  # noqa: F401 - fixtures
    Browser,
    anonymous,
    configured,
    engine,
    project,
)


class Asked(NamedTuple):
    """A request that came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Scripted(ThreadingHTTPServer):
    """A server that gives the answers in turn, the last one for ever."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: list[Any] = []
        self.asked: list[Asked] = []

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_port}"

    def answer(self, status: int, body: Any = None, **headers: str) -> None:
        """What comes next: JSON, or bytes of the type that `content_type` names."""
        self.answers.append((status, body, headers))

    def hang_up(self) -> None:
        """Next the connection ends without an answer."""
        self.answers.append(None)


class _Handler(BaseHTTPRequestHandler):
    server: Scripted

    def _do(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        told = {name.lower(): value for name, value in self.headers.items()}
        self.server.asked.append(Asked(self.command, self.path, told, body))
        answers = self.server.answers
        next_one = answers.pop(0) if len(answers) > 1 else answers[0]
        if next_one is None:
            self.close_connection = True
            return
        self._give(*next_one)

    def _give(self, status: int, body: Any, headers: dict[str, str]) -> None:
        problem = "application/problem+json" if status >= 400 else "application/json"
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        told = {"content_type": problem, "content_length": str(len(sent)), **headers}
        self.send_response(status)
        for name, value in told.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(sent)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _do  # noqa: N815 - the library's names

    def log_message(self, *args: Any) -> None:
        """Print nothing."""


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    """A server of a test's own."""
    server = Scripted()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def studio(anonymous: Browser) -> Iterator[str]:  # noqa: F811
    """The address of the web server on this test's database; no worker runs."""
    config = uvicorn.Config(anonymous.client.app, port=0, lifespan="off", log_level="critical")
    with config.bind_socket() as listening:
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()


@pytest.fixture
def token_of(engine: Engine, project: Project) -> Callable[..., str]:  # noqa: F811
    """Tokens of people by their role in the project: `token_of("lead")`."""

    def make(role: Role, scopes: tuple[Scope, ...] = SCOPES, admin: bool = False) -> str:
        with transaction(engine) as session:
            user = create_user(session, SCRIPT, f"{role} {' '.join(scopes)}", None, admin)
            set_role(session, SCRIPT, project.id, user.id, role)
            return create_token(session, SCRIPT, user.id, "ci", scopes, 7)

    return make


@pytest.fixture
def client_of(studio: str, token_of: Callable[..., str]) -> Iterator[Callable[..., Client]]:
    """Clients of people by their role."""
    made: list[Client] = []

    def make(role: Role, **more: Any) -> Client:
        made.append(Client(studio, token_of(role, **more)))
        return made[-1]

    yield make
    for client in made:
        client.close()
