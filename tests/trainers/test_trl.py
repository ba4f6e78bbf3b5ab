"""TRL trains on what a dataset says, and on nothing else: run, not read."""

from typing import Any

import pytest

from app.backends.reasoners.tokens import ModelTokens
from app.core.answer import parse_reference
from tests.export.sample_rows import LEFT, discarded_row
from tests.trainers.borders import completion_says, says, whole
from tests.trainers.conftest import ROWS, Made, Run

pytestmark = pytest.mark.trainers


def sft(made: Made, run: Run, tokens: ModelTokens, name: str, **settings: Any) -> dict[str, Any]:
    """What SFTTrainer says of a format."""
    folder = made(name)
    return run("training", "trl_sft", folder, tokens.name, folder.parent / "scratch", settings)


def test_tokens_are_trained_on_as_they_are_masked(
    made: Made, run: Run, tokens: ModelTokens
) -> None:
    told = sft(made, run, tokens, "sft-tokenized")
    for row, trained in zip(ROWS, told["rows"], strict=True):
        says(row, trained["input_ids"], trained["labels"], tokens)
    assert told["loss"] == pytest.approx(told["by_hand"], rel=1e-4)


def test_packed_rows_have_the_same_loss(made: Made, run: Run, tokens: ModelTokens) -> None:
    settings = {"packing": True, "max_length": 1024, "per_device_train_batch_size": 1}
    told = sft(made, run, tokens, "sft-tokenized", **settings)
    [packed] = told["rows"]
    assert len(packed["input_ids"]) > 300
    assert told["loss"] == pytest.approx(told["by_hand"], rel=1e-4)


def test_the_default_length_cuts_a_row(made: Made, run: Run, tokens: ModelTokens) -> None:
    told = sft(made, run, tokens, "sft-tokenized", max_length=100)
    assert [len(row["input_ids"]) for row in told["rows"]] == [100, 100]


def test_a_completion_is_trained_on_whole(made: Made, run: Run, tokens: ModelTokens) -> None:
    told = sft(made, run, tokens, "prompt-completion")
    for row, trained in zip(ROWS, told["rows"], strict=True):
        completion_says(row, trained["input_ids"], trained["labels"], tokens)
    assert told["loss"] == pytest.approx(told["by_hand"], rel=1e-4)


def test_messages_train_on_the_prompt_too(made: Made, run: Run, tokens: ModelTokens) -> None:
    told = sft(made, run, tokens, "messages")
    for row, trained in zip(ROWS, told["rows"], strict=True):
        assert trained["labels"] == trained["input_ids"]
        assert tokens.text(trained["input_ids"]) == whole(row, tokens) + "\n"


def test_a_preference_goes_on_from_one_place(made: Made, run: Run, tokens: ModelTokens) -> None:
    folder = made("preference")
    told = run("training", "trl_preference", "dpo", folder, tokens.name, folder.parent / "scratch")
    left = "".join(step.text for step in LEFT) + tokens.end
    for row, trained in zip(ROWS, told["rows"], strict=True):
        prompt, chosen = tokens.text(trained["prompt_ids"]), tokens.text(trained["chosen_ids"])
        assert prompt + chosen == whole(row, tokens)
        assert (prompt + tokens.text(trained["rejected_ids"])).endswith(left)
        assert chosen.startswith("\nBut the boats")  # a token lies across the place
    assert told["loss"] == pytest.approx(0.6931, abs=1e-3)


def test_thumbs_up_and_down(made: Made, run: Run, tokens: ModelTokens) -> None:
    folder = made("kto")
    told = run("training", "trl_preference", "kto", folder, tokens.name, folder.parent / "scratch")
    left = "".join(step.text for step in LEFT) + tokens.end
    up = [whole(row, tokens) for row in ROWS]
    said = {True: [], False: []}
    for row in told["rows"]:
        text = tokens.text(row["prompt_ids"] + row["completion_ids"])
        said[row["label"]].append(text)
    assert said[True] == up
    down = [text for text in said[False] if text.endswith(left)]
    assert len(down) == len(ROWS)
    assert whole(discarded_row(), tokens) in said[False]


def test_the_reward_is_given_the_answer_of_its_problem(
    made: Made, run: Run, tokens: ModelTokens
) -> None:
    folder = made("trl-rl")
    told = run("training", "trl_grpo", folder, tokens.name, folder.parent / "scratch")
    assert len(told["given"]) == 2 * len(ROWS)
    answers = {row.problem.question: row.reference for row in ROWS}
    for given in told["given"]:
        system, user = given["prompt"]
        assert system == {"role": "system", "content": "Use Python."}
        assert parse_reference(given["answer"]) == answers[user["content"]]
