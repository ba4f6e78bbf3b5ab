"""The loop against a real OpenAI-compatible server: `transformers serve` with a tiny model.

The server and the training need torch and live in an environment of their own, `.venv-servers`
(`make test-servers`). The model has learnt one problem by heart, so what it says is known.
"""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx2
import pytest

from app.backends.reasoners.base import End, Request, Sampling
from app.backends.reasoners.openai import OpenAIReasoner, Server, make
from app.backends.reasoners.probe import probe
from app.backends.sandboxes.base import Sandbox
from app.backends.sandboxes.forkserver import open_sandbox
from app.core.splice import insert_hint
from app.core.trace import Cut, text_of
from app.loop import Limits, run, write_step
from tests.servers.tiny_model import HINT, QUESTION, RIGHT, SYSTEM, WRONG

pytestmark = pytest.mark.servers
ROOT = Path(__file__).resolve().parents[2]
BIN = ROOT / ".venv-servers" / "bin"
REQUEST = Request(
    question=QUESTION, system=SYSTEM, sampling=Sampling(temperature=0.01, max_tokens=500)
)
LIMITS = Limits()
_READY_SECONDS = 120


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a model that was trained on the spot."""
    folder = tmp_path_factory.mktemp("tiny-model")
    train = [BIN / "python", "-m", "tests.servers.tiny_model", folder]
    subprocess.run(train, cwd=ROOT, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def server(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of that model, ready."""
    hub = tmp_path_factory.mktemp("hub")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [BIN / "transformers", "serve", "--host", "127.0.0.1", "--port", str(port)]
    environment = os.environ | {"HF_HOME": str(hub), "HF_HUB_OFFLINE": "1"}
    with subprocess.Popen([*command, "--device", "cpu", model], env=environment) as process:
        try:
            _wait(f"http://127.0.0.1:{port}/health", process)
            base_url = f"http://127.0.0.1:{port}/v1"
            yield Server(base_url=base_url, model=str(model), tokenizer=str(model))
        finally:
            process.terminate()


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _READY_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx2.get(url).status_code == 200:
                return
        except httpx2.HTTPError:
            time.sleep(0.2)
    raise RuntimeError("the model server did not become ready")


@pytest.fixture(scope="module")
def reasoner(server: Server) -> OpenAIReasoner:
    return make(server.model_dump())


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with closing(open_sandbox()) as opened:
        yield opened


def test_a_reply_is_streamed_and_stops_at_the_fence(reasoner: OpenAIReasoner) -> None:
    heard: list[str] = []
    written = write_step(reasoner, REQUEST, limits=LIMITS, on_text=heard.append)
    assert written.outcome is None
    assert "".join(heard) == text_of(written.steps) == WRONG[: WRONG.index("```output")]
    assert len(heard) > 5
    assert [step.tokens for step in written.steps] == [len(step.text) for step in written.steps]


def test_from_a_wrong_answer_over_a_hint_to_the_right_one(
    reasoner: OpenAIReasoner, sandbox: Sandbox
) -> None:
    wrong = run(reasoner, sandbox, REQUEST, limits=LIMITS)
    assert (text_of(wrong.path), wrong.outcome) == (WRONG, "answered")
    path = insert_hint(wrong.path, Cut(step=1), HINT, "human")
    right = run(reasoner, sandbox, REQUEST.model_copy(update={"path": path}), limits=LIMITS)
    assert (text_of(right.path), right.outcome) == (RIGHT, "answered")
    assert right.path[: len(path)] == path
    assert right.usage.completion_tokens is not None


def test_the_servers_token_limit_in_the_middle_of_code_is_gone_over(
    reasoner: OpenAIReasoner,
) -> None:
    short = REQUEST.model_copy(update={"sampling": Sampling(temperature=0.01, max_tokens=20)})
    *_, end = reasoner.write(short)
    assert isinstance(end, End)
    assert end.finish == "length"


def test_the_probe_finds_that_completions_are_exact(server: Server) -> None:
    found = probe(server)
    assert found.mode == "completions", found.detail
