"""What the tests of the pages share: an application on a fresh database, and people in it."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import Engine

from app.actions.accounts import create_user, open_login, set_role
from app.actions.projects import create_project
from app.core.roles import SCRIPT, Role
from app.core.trace import Step
from app.db.convert import add_steps
from app.db.session import transaction
from app.db.tables import Branch, Claim, ProblemRow, Project, Trace
from app.jobs import celery
from app.live import broker
from app.main import make_app
from app.settings import Settings, settings
from app.web.security import COOKIE

QUESTION = "How many <b>ducks</b> & geese & <script>alert(1)</script>?"
HOSTILE = "<script>alert('x')</script><img src=x onerror=alert(1)>"


class Browser:
    """A person's browser: it keeps cookies and sends a page's token back with each form."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self._token = ""
        self._cookie: str | None = None

    def get(self, address: str, **options: Any) -> Response:
        """Open a page."""
        return self.client.get(address, **options)

    def post(self, address: str, form: dict[str, Any] | None = None, **options: Any) -> Response:
        """Send a form with the token of the login page, which every visitor can open."""
        return self.client.post(address, data={"csrf": self.csrf(), **(form or {})}, **options)

    def csrf(self) -> str:
        """The token that pages of this session carry."""
        cookie = self.client.cookies.get(COOKIE)
        if cookie is None or cookie != self._cookie:
            found = re.search(r'name="csrf" value="(\w+)"', self.client.get("/login").text)
            assert found
            self._token, self._cookie = found[1], self.client.cookies[COOKIE]
        return self._token


@pytest.fixture
def configured(
    database_url: str, broker_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Settings]:
    """Settings of an installation of this test's own."""
    for name, value in {
        "DATABASE_URL": database_url,
        "REDIS_URL": broker_url,
        "CALM_DATA": str(tmp_path / "data"),
        "CALM_SECRET_KEY": "a secret of this test",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(celery.conf, "broker_url", broker_url)
    settings.cache_clear()
    broker.cache_clear()
    yield settings()
    settings.cache_clear()
    broker.cache_clear()


@pytest.fixture
def engine(anonymous: Browser) -> Engine:
    """The application's own engine."""
    engine: Engine = anonymous.client.app.state.ports.engine  # type: ignore[attr-defined]
    return engine


@pytest.fixture
def anonymous(configured: Settings) -> Iterator[Browser]:
    """A browser that nobody is logged in with."""
    with TestClient(make_app(configured), raise_server_exceptions=True) as client:
        yield Browser(client)


@pytest.fixture
def project(engine: Engine) -> Project:
    """A project with one problem and one finished trace, all of whose text is hostile."""
    with transaction(engine) as session:
        made = create_project(session, SCRIPT, f"Ducks {HOSTILE}")
        problem = ProblemRow(
            project_id=made.id,
            key="1",
            question=QUESTION,
            reference={"kind": "number", "values": ["12"]},
            external_id=f"duck {HOSTILE}",
        )
        trace = Trace(project_id=made.id, problem=problem, origin="generated", state="review")
        session.add_all([problem, trace])
        session.flush()
        session.add(Claim(trace_id=trace.id, slot=1))
        branch = Branch(trace=trace, number=1, outcome="answered", answer="12")
        branch.grade = {"correct": True, "reason": f"equals {HOSTILE}", "rule": "strict"}
        session.add(branch)
        session.flush()
        texts = {"thought": f"I think {HOSTILE}\n\n", "answer": "\\boxed{12}"}
        steps = [Step(kind=kind, author="reasoner", text=text) for kind, text in texts.items()]
        add_steps(session, branch, steps)
        return made


@pytest.fixture
def browser_of(anonymous: Browser, engine: Engine, project: Project) -> Callable[..., Browser]:
    """Browsers of people by their role in the project: `browser_of("lead")`."""

    def make(role: Role | None, admin: bool = False) -> Browser:
        with transaction(engine) as session:
            user = create_user(session, SCRIPT, f"{role} {admin}", None, admin)
            if role:
                set_role(session, SCRIPT, project.id, user.id, role)
            token = open_login(session, user, "session")
        client = TestClient(anonymous.client.app, raise_server_exceptions=True)
        client.cookies.set(COOKIE, token)
        return Browser(client)

    return make
