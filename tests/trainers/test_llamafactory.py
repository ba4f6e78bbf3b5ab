"""LLaMA-Factory trains on a whole reply by its own template, and on tokens as they are: run."""

from typing import Any

import pytest

from app.backends.reasoners.tokens import ModelTokens
from export.tokens import IGNORED
from tests.trainers.borders import says, whole
from tests.trainers.conftest import ROWS, Made, Run

pytestmark = pytest.mark.trainers
SETTINGS: dict[str, Any] = {"stage": "sft", "template": "qwen3", "cutoff_len": 4096}


def test_the_reply_is_trained_on_whole(made: Made, run: Run, tokens: ModelTokens) -> None:
    folder = made("sharegpt")
    scratch = folder.parent / "scratch"
    told = run("llamafactory", "llamafactory_data", folder, tokens.name, scratch, SETTINGS)
    for row, trained in zip(ROWS, told["rows"], strict=True):
        kept = [label for label in trained["labels"] if label != IGNORED]
        assert tokens.text(trained["input_ids"]) == whole(row, tokens) + "\n"
        assert tokens.text(kept) == f"<think>\n{row.text}{tokens.end}\n"


def test_tokens_are_taken_as_they_are(made: Made, run: Run, tokens: ModelTokens) -> None:
    folder = made("sft-tokenized")
    scratch = folder.parent / "scratch"
    settings = SETTINGS | {"tokenized_path": str(scratch / "tokens")}
    told = run("llamafactory", "llamafactory_data", folder, tokens.name, scratch, settings)
    for row, trained in zip(ROWS, told["rows"], strict=True):
        says(row, trained["input_ids"], trained["labels"], tokens)
