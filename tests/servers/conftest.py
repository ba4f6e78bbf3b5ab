"""What the tests against a real model server share: a tiny model, and the server of it.

Both need torch and live in an environment of their own, `.venv-servers` (`make test-servers`).
"""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from app.backends.reasoners.server import Server
from tests.browser.conftest import (  # noqa: F401 - fixtures
    browser,
    open_context,
    page,
    state,
    studio,
)

ROOT = Path(__file__).resolve().parents[2]
_READY_SECONDS = 120


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory, servers_bin: Path) -> Path:
    """The folder of a model that was trained on the spot."""
    folder = tmp_path_factory.mktemp("tiny-model")
    train = [servers_bin / "python", "-m", "tests.servers.tiny_model", folder]
    subprocess.run(train, cwd=ROOT, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="session")
def server(
    model: Path, tmp_path_factory: pytest.TempPathFactory, servers_bin: Path
) -> Iterator[Server]:
    """A server of that model, ready."""
    hub = tmp_path_factory.mktemp("hub")
    port = free_port()
    command = [servers_bin / "transformers", "serve", "--host", "127.0.0.1", "--port", str(port)]
    environment = os.environ | {"HF_HOME": str(hub), "HF_HUB_OFFLINE": "1"}
    with subprocess.Popen([*command, "--device", "cpu", model], env=environment) as process:
        try:
            wait_ready(f"http://127.0.0.1:{port}/health", process)
            base_url = f"http://127.0.0.1:{port}/v1"
            yield Server(base_url=base_url, model=str(model), tokenizer=str(model))
        finally:
            process.terminate()


def free_port() -> int:
    """A port of this machine on which nothing listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def wait_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until the server answers at `url`. Raises RuntimeError where it ends, or takes long."""
    until = time.monotonic() + _READY_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx2.get(url).status_code == 200:
                return
        except httpx2.HTTPError:
            time.sleep(0.2)
    raise RuntimeError("the model server did not become ready")
