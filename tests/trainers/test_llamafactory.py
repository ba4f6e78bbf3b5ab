"""LLaMA-Factory trains on a whole reply by its own template, and on tokens as they are: run."""

from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

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


def test_pairs_are_both_trained_on_from_one_prompt(
    made: Made, run: Run, tokens: ModelTokens
) -> None:
    folder = made("preference")
    settings = SETTINGS | {"stage": "dpo", "template": "empty"}
    given = (folder, tokens.name, folder.parent / "scratch", settings)
    told = run("llamafactory", "llamafactory_data", *given)
    for record, trained in zip(records(folder), told["rows"], strict=True):
        for side in ("chosen", "rejected"):
            assert tokens.text(trained[f"{side}_input_ids"]) == record["prompt"] + record[side]
            assert kept(trained[f"{side}_labels"], tokens) == record[side]


def test_each_continuation_has_its_label(made: Made, run: Run, tokens: ModelTokens) -> None:
    folder = made("kto")
    settings = SETTINGS | {"stage": "kto", "template": "empty"}
    given = (folder, tokens.name, folder.parent / "scratch", settings)
    told = run("llamafactory", "llamafactory_data", *given)
    for record, trained in zip(records(folder), told["rows"], strict=True):
        assert tokens.text(trained["input_ids"]) == record["prompt"] + record["completion"]
        assert kept(trained["labels"], tokens) == record["completion"]
        assert trained["kto_tags"] == record["label"]


def records(folder: Path) -> list[dict[str, Any]]:
    """What a dataset holds."""
    return list(parquet.read_table(folder / "train.parquet").to_pylist())


def kept(labels: list[int], tokens: ModelTokens) -> str:
    """What the loss is on."""
    return tokens.text([label for label in labels if label != IGNORED])
