"""One real sandbox for all tests of a process, at the level that this machine has.

What takes `sandbox` runs twice: on the sandbox itself, and on it behind the service's socket.
"""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from app.backends.sandboxes.base import Sandbox
from app.backends.sandboxes.forkserver import ForkServer, open_sandbox
from app.backends.sandboxes.remote import RemoteSandbox
from app.backends.sandboxes.service import Service


@pytest.fixture(scope="session")
def forkserver() -> Iterator[ForkServer]:
    with closing(open_sandbox()) as opened:
        yield opened


@pytest.fixture(scope="session", params=["forkserver", "service"])
def sandbox(
    request: pytest.FixtureRequest, forkserver: ForkServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Sandbox]:
    if request.param == "forkserver":
        yield forkserver
        return
    path = tmp_path_factory.mktemp("service") / "socket"
    with serving(path, forkserver):
        yield RemoteSandbox(path)


@contextmanager
def serving(path: Path, sandbox: Sandbox) -> Iterator[Service]:
    """A service at `path` for as long as the block lasts."""
    with Service(path, sandbox) as service:
        thread = threading.Thread(target=service.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield service
        finally:
            service.shutdown()
            thread.join()
