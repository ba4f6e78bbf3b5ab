"""Finding out which way of continuing a server honours."""

from pathlib import Path
from typing import Any

import pytest

from app.backends.reasoners.base import ReasonerError
from app.backends.reasoners.openai import Server
from app.backends.reasoners.probe import probe
from tests.openai_stub import serving
from tests.tiny_tokenizer import make_tokenizer

EXACT = (
    "<|im_start|>system\nThink first.<|im_end|>\n<|im_start|>user\nHow many apples are there?"
    "<|im_end|>\n<|im_start|>assistant\n<think>\nLet me count them. One,"
)
TOKENS = len(EXACT) - len("<|im_start|>") * 3 - len("<|im_end|>") * 2 + 5


def server(url: str, folder: Path) -> Server:
    return Server(base_url=url, model="m", tokenizer=str(make_tokenizer(folder)))


def test_completions_are_taken_where_the_server_counts_the_same(tmp_path: Path) -> None:
    with serving("x") as stub:
        stub.counts = lambda body: TOKENS if body.get("prompt") == EXACT else 1
        assert probe(server(stub.url, tmp_path)).mode == "completions"


def test_a_chat_dialect_is_taken_where_only_it_is_exact(tmp_path: Path) -> None:
    def counts(body: dict[str, Any]) -> int:
        return TOKENS if body.get("continue_final_message") == "reasoning_content" else 1

    with serving("x") as stub:
        stub.counts = counts
        found = probe(server(stub.url, tmp_path))
    assert (found.mode, found.dialect) == ("chat", "llama.cpp")
    assert f"completions: 1, wanted {TOKENS}" in found.detail


def test_restart_is_what_is_left(tmp_path: Path) -> None:
    with serving("x") as stub:
        assert probe(server(stub.url, tmp_path)).mode == "restart"
    with serving("x", bad="400") as stub:
        assert "refused with 400" in probe(server(stub.url, tmp_path)).detail


def test_nothing_is_checked_without_a_tokenizer() -> None:
    server = Server(base_url="http://127.0.0.1:9/v1", model="m")
    assert probe(server).mode == "restart"


def test_nobody_there(tmp_path: Path) -> None:
    with serving("x") as stub:
        gone = stub.url
    with pytest.raises(ReasonerError, match="connection"):
        probe(server(gone, tmp_path))
