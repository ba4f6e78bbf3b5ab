"""verl trains on what a dataset says, and rewards a reply as the badge does: run, not read."""

import pytest

from app.backends.reasoners.tokens import ModelTokens
from tests.trainers.borders import says
from tests.trainers.conftest import REPLIES, ROWS, Made, Run

pytestmark = pytest.mark.trainers


def test_tokens_are_trained_on_as_they_are_masked(
    made: Made, run: Run, tokens: ModelTokens
) -> None:
    folder = made("verl-sft")
    own = {"path": str(folder / "calm_sft.py"), "name": "CalmDataset"}
    told = run("verl", "verl_sft", folder, tokens.name, {"custom_cls": own})
    for row, trained in zip(ROWS, told["rows"], strict=True):
        says(row, trained["input_ids"], trained["labels"], tokens)


def test_a_row_over_the_limit_is_refused(made: Made, run: Run, tokens: ModelTokens) -> None:
    folder = made("verl-sft")
    own = {"path": str(folder / "calm_sft.py"), "name": "CalmDataset"}
    with pytest.raises(AssertionError, match=r"over data\.max_length=100"):
        run("verl", "verl_sft", folder, tokens.name, {"custom_cls": own, "max_length": 100})


def test_verls_own_class_trains_on_the_whole_reply(
    made: Made, run: Run, tokens: ModelTokens
) -> None:
    told = run("verl", "verl_sft", made("messages"), tokens.name)
    for row, trained in zip(ROWS, told["rows"], strict=True):
        kept = [label for label in trained["labels"] if label != -100]
        assert tokens.text(kept) == row.text + tokens.end + "\n"


def test_problems_are_read_and_replies_rewarded(made: Made, run: Run, tokens: ModelTokens) -> None:
    told = run("verl", "verl_rl", made("verl-rl"), tokens.name, *REPLIES)
    assert told["scores"] == list(REPLIES.values())
    batch = told["batch"]
    assert [prompt[-1]["content"] for prompt in batch["raw_prompt"]] == [
        row.problem.question for row in ROWS
    ]
    assert [each["ground_truth"] for each in batch["reward_model"]] == [row.answer for row in ROWS]
    assert batch["agent_name"] == ["single_turn_agent"] * len(ROWS)
    assert batch["index"] == [int(row.id[:8], 16) for row in ROWS]
