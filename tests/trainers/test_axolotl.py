"""Axolotl trains on what a dataset says, and on nothing else: run, not read."""

import pytest

from app.backends.reasoners.tokens import ModelTokens
from tests.trainers.borders import says
from tests.trainers.conftest import ROWS, Made, Run

pytestmark = pytest.mark.trainers


def test_segments_are_trained_on_as_they_are_labelled(
    made: Made, run: Run, tokens: ModelTokens
) -> None:
    folder = made("axolotl")
    told = run("axolotl", "axolotl_sft", folder, tokens.name, folder.parent / "scratch")
    for row, trained in zip(ROWS, told["rows"], strict=True):
        says(row, trained["input_ids"], trained["labels"], tokens)


def test_tokens_are_taken_as_they_are(made: Made, run: Run, tokens: ModelTokens) -> None:
    folder = made("sft-tokenized")
    settings = {"datasets": [{"path": str(folder), "split": "train"}]}
    told = run("axolotl", "axolotl_sft", folder, tokens.name, folder.parent / "scratch", settings)
    for row, trained in zip(ROWS, told["rows"], strict=True):
        says(row, trained["input_ids"], trained["labels"], tokens)
