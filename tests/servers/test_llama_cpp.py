"""The loop against llama.cpp's server, as xllamacpp brings it, with the tiny model as a GGUF file.

Skipped where the environment of the model servers has no xllamacpp: no requirement names it.
"""

import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.backends.reasoners.base import End
from app.backends.reasoners.dialects import opening
from app.backends.reasoners.openai import make
from app.backends.reasoners.probe import probe
from app.backends.reasoners.server import Server
from app.backends.reasoners.tokenizer import load_tokenizer, opened
from app.backends.sandboxes.forkserver import open_sandbox
from app.core.trace import text_of
from tests.servers.conftest import ROOT, free_port, wait_ready
from tests.servers.promises import REQUEST, answers_as_recorded, mends_by_a_hint

pytestmark = pytest.mark.servers
_NEEDED = "import gguf, safetensors, xllamacpp"


@pytest.fixture(scope="module")
def python(servers_bin: Path) -> Path:
    """A Python that has xllamacpp and what writes its file."""
    python = servers_bin / "python"
    if subprocess.run([python, "-c", _NEEDED], capture_output=True, check=False).returncode:
        pytest.skip("xllamacpp or gguf is not installed in .venv-servers")
    return python


@pytest.fixture(scope="module")
def llama(python: Path, model: Path) -> Iterator[Server]:
    file, port = model / "tiny.gguf", free_port()
    subprocess.run([python, "-m", "tests.servers.gguf_model", model, file], cwd=ROOT, check=True)
    command = [python, "-m", "tests.servers.llama_cpp", file, str(port)]
    with subprocess.Popen(command, cwd=ROOT) as process:
        try:
            wait_ready(f"http://127.0.0.1:{port}/health", process)
            base_url = f"http://127.0.0.1:{port}/v1"
            yield Server(base_url=base_url, model=str(file), tokenizer=str(model))
        finally:
            process.terminate()


def test_from_a_wrong_answer_over_a_hint_to_the_right_one(llama: Server) -> None:
    """The server counts the tokens of the prompt that was rendered here, hint and all."""
    kept = {"abilities": probe(llama).model_dump(mode="json")}
    reasoner = make(llama.model_dump() | kept)
    with closing(open_sandbox()) as sandbox:
        path, right = mends_by_a_hint(reasoner, sandbox)
    *_, end = reasoner.write(REQUEST.model_copy(update={"path": path}))
    assert isinstance(end, End)
    start = opened(load_tokenizer(llama.tokenizer), opening(REQUEST), text_of(path))
    assert end.usage.prompt_tokens == reasoner.count(start + text_of(path))
    assert (right.usage.cached_tokens or 0) > 0


def test_the_probe_and_a_continuation_answer_as_they_were_recorded(llama: Server) -> None:
    answers_as_recorded(llama, "llama-cpp")
