"""What the tests of the API share: programs that come with a token."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import Engine

from app.actions.accounts import create_user, set_role
from app.actions.tokens import create_token
from app.core.roles import SCOPES, SCRIPT, Role, Scope
from app.db.session import transaction
from app.db.tables import Project
from app.web.security import API
from tests.web.conftest import Browser


class Program:
    """A program with a token: every request shows it, and none a cookie."""

    def __init__(self, client: TestClient, bearer: str, slug: str) -> None:
        self.client, self.bearer, self.slug = client, bearer, slug

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Response:
        """Send JSON to a path below `/api/v1`; `{p}` is the project's."""
        address = f"{API}{path.replace('{p}', f'/projects/{self.slug}')}"
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        told = {"Authorization": f"Bearer {self.bearer}"} | headers
        return self.client.request(method, address, json=body, headers=told)

    def send(self, path: str, form: dict[str, str], content: bytes, **headers: str) -> Response:
        """Send a form with a file."""
        address = f"{API}{path.replace('{p}', f'/projects/{self.slug}')}"
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        told = {"Authorization": f"Bearer {self.bearer}"} | headers
        file = ("rows.csv", content)
        return self.client.post(address, data=form, files={"file": file}, headers=told)

    def get(self, path: str, **headers: str) -> Response:
        """Read."""
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Response:
        """Do."""
        return self.ask("POST", path, body, **headers)


@pytest.fixture
def program_of(anonymous: Browser, engine: Engine, project: Project) -> Callable[..., Program]:
    """Programs of people by their role in the project: `program_of("lead")`."""

    def make(
        role: Role | None, admin: bool = False, scopes: Sequence[Scope] = SCOPES, days: int = 7
    ) -> Program:
        name = f"{role} {admin} {' '.join(scopes)}"
        with transaction(engine) as session:
            user = create_user(session, SCRIPT, name, None, admin)
            if role:
                set_role(session, SCRIPT, project.id, user.id, role)
            bearer = create_token(session, SCRIPT, user.id, "ci", scopes, days)
        client = TestClient(anonymous.client.app, raise_server_exceptions=True)
        return Program(client, bearer, project.slug)

    return make
