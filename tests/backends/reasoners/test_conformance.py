"""The promises of `write` in app/backends/reasoners/base.py, kept by every entry of REASONERS.

A model server is the stub, in each mode and dialect. A model in the worker by transformers needs
torch, so those tests are of the tier `servers`.
"""

import importlib.util
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from app.backends.reasoners import REASONERS
from app.backends.reasoners.base import Chunk, End, Reasoner, ReasonerError, Request, Sampling
from app.backends.reasoners.dialects import CHATTING, REASONING
from app.core.trace import Step
from tests.backends.reasoners.by_heart import save_model
from tests.backends.reasoners.found import able
from tests.openai_stub import Bad, Stub, serving
from tests.tiny_tokenizer import make_tokenizer

KEY = "sk-secret"
THOUGHT = "Let me see — 1.\n"
CODE = "```python\nprint(1)\n```\n"
AFTER = "```output\n1\n```\nSo \\boxed{1}."
ASKED = Request(question="How many?", system="Think.", sampling=Sampling(temperature=0))
SERVED: dict[str, dict[str, Any]] = {
    "openai, completions": {},
    "openai, completions of token ids": {"ids": True},
    "openai, Ollama's own route": {"dialect": "ollama"},
    **{f"openai, chat as {name}": {"mode": "chat", "dialect": name} for name in CHATTING},
    "openai, restart": {"mode": "restart"},
}
HAS_TORCH = importlib.util.find_spec("torch") is not None
IN_WORKER = pytest.param(
    "transformers",
    marks=[
        pytest.mark.servers,
        pytest.mark.skipif(not HAS_TORCH, reason="torch is in .venv-servers (make test-servers)"),
    ],
)
served = pytest.mark.parametrize("entry", SERVED)
every = pytest.mark.parametrize("entry", [*SERVED, "scripted", "small", IN_WORKER])
Opened = Callable[[str, str], AbstractContextManager[Reasoner]]


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tokenizer(tmp_path_factory.mktemp("tokenizer"))


def on(stub: Stub, tokenizer: Path, entry: str) -> Reasoner:
    """The entry's Reasoner on a stub."""
    base = {"base_url": stub.url, "model": "m", "tokenizer": str(tokenizer)} | SERVED[entry]
    # What is said behind a thinking in a field of its own comes in that field.
    stub.thinking = 10_000 if base.get("dialect") in REASONING else 0
    if base.pop("ids", False):
        stub.token_ids = lambda text: list(text.encode())
        base = able(base, "token_ids", "token_prompts")
    return REASONERS.make("openai", base, KEY)


@pytest.fixture
def opened(tokenizer: Path, tmp_path: Path) -> Opened:
    """Opens an entry whose model goes on with `rest` where `said` was said."""

    @contextmanager
    def opening(entry: str, said: str) -> Iterator[Reasoner]:
        text = THOUGHT + CODE + AFTER
        if entry in SERVED:
            with serving(text.removeprefix(said)) as stub:
                yield on(stub, tokenizer, entry)
        elif entry == "scripted":
            yield REASONERS.make(entry, {"folder": str(recorded(tmp_path, text)), "delay": 0})
        else:
            yield REASONERS.make(entry, {"model": str(save_model(tmp_path, ASKED, text))})

    return opening


def recorded(folder: Path, text: str) -> Path:
    """A folder with one recording."""
    problems = [{"id": "one", "question": ASKED.question}]
    played = {"text": text, "hint": None, "cut": None, "finish": "stop"}
    row = {"problem": "one", "model": "m", "system": ASKED.system, "rounds": [played]}
    (folder / "problems.json").write_text(json.dumps(problems), "utf-8")
    (folder / "recordings.jsonl").write_text(json.dumps(row), "utf-8")
    return folder


def after(*steps: Step) -> Request:
    return ASKED.model_copy(update={"path": steps})


def thought(text: str) -> Step:
    return Step(kind="thought", author="reasoner", text=text)


def written(reasoner: Reasoner, request: Request = ASKED) -> tuple[str, End]:
    """What is written, and the End: the chunks come first, the End last and once."""
    *chunks, end = reasoner.write(request)
    assert isinstance(end, End)
    texts = [chunk.text for chunk in chunks if isinstance(chunk, Chunk)]
    assert len(texts) == len(chunks)
    return "".join(texts), end


def test_every_entry_is_tried() -> None:
    assert {"openai", "scripted", "small", "transformers"} == set(REASONERS.entries)


@every
def test_it_ends_behind_the_line_that_closes_a_program(entry: str, opened: Opened) -> None:
    with opened(entry, "") as reasoner:
        text, end = written(reasoner)
    assert (text, end.finish) == (THOUGHT + CODE, "fence")


@every
@pytest.mark.parametrize("said", [THOUGHT[:7], THOUGHT])
def test_its_text_stands_behind_the_path(entry: str, said: str, opened: Opened) -> None:
    with opened(entry, said) as reasoner:
        text, end = written(reasoner, after(thought(said)))
    assert (said + text, end.finish) == (THOUGHT + CODE, "fence")


@pytest.mark.parametrize("entry", [*SERVED, IN_WORKER])
def test_it_goes_on_inside_a_program_that_a_limit_cut_off(entry: str, opened: Opened) -> None:
    said = THOUGHT + CODE[:12]
    with opened(entry, said) as reasoner:
        text, end = written(reasoner, after(thought(said)))
    assert (said + text, end.finish) == (THOUGHT + CODE, "fence")


@every
def test_an_end_of_the_model_is_an_end(entry: str, opened: Opened) -> None:
    path = (
        thought(THOUGHT),
        Step(kind="code", author="reasoner", text=CODE),
        Step(kind="output", author="sandbox", text="```output\n1\n```\n"),
    )
    with opened(entry, "".join(step.text for step in path)) as reasoner:
        text, end = written(reasoner, after(*path))
    assert (text, end.finish) == ("So \\boxed{1}.", "stop")


@every
def test_after_a_reply_that_was_closed_the_next_is_whole(entry: str, opened: Opened) -> None:
    with opened(entry, "") as reasoner:
        first = reasoner.write(ASKED)
        assert isinstance(next(first), Chunk)
        first.close()
        assert list(first) == []
        assert written(reasoner)[0] == THOUGHT + CODE


@served
@pytest.mark.parametrize("stop_string", ["keeps", "drops", "ignores"])
@pytest.mark.parametrize("piece", [1, 7, 1000])
def test_the_bytes_are_the_same_whatever_becomes_of_the_stop_string(
    entry: str, stop_string: Any, piece: int, tokenizer: Path
) -> None:
    with serving(THOUGHT + CODE + AFTER) as stub:
        stub.stop_string, stub.piece = stop_string, piece
        text, end = written(on(stub, tokenizer, entry))
    assert (text, end.finish) == (THOUGHT + CODE, "fence")


@served
def test_closing_a_reply_hangs_up_on_the_server(entry: str, tokenizer: Path) -> None:
    with serving("On and on. ", bad="endless") as stub:
        replies = on(stub, tokenizer, entry).write(ASKED)
        assert len(list(islice(replies, 3))) == 3
        assert not stub.left.is_set()
        replies.close()
        assert stub.left.wait(30)


@served
@pytest.mark.parametrize("bad", ["html 502", "429", "raw"])
def test_no_failure_holds_the_key(entry: str, bad: Bad, tokenizer: Path) -> None:
    event = json.dumps({"error": f"the key {KEY} is used up"})
    with serving(event, bad=bad) as stub, pytest.raises(ReasonerError) as caught:
        written(on(stub, tokenizer, entry))
    assert KEY not in str(caught.value) + repr(caught.value)
