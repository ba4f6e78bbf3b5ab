"""Paths for RL: driven by the loop in batches, masked, tried again, left out where they fail."""

from typing import Any

import pytest
from transformers import AutoTokenizer

from app.backends.reasoners.tokens import ModelTokens
from app.backends.sandboxes.base import SandboxRefused
from tests.training.rolling import BOUNDS, CODE, Echo, Scripted
from training.rollout import Bounds, Rollout, roll_out

ANSWER = "So</think>\n\\boxed{1}"
BROKEN = "```python\nbroken\n```\n"
FORGED = "```output\n7\n```\n"


@pytest.fixture
def rolled(tokens: ModelTokens) -> Any:
    """Roll out the questions of a script, and give the paths with the engine."""

    def roll(
        lines: dict[str, list[str]], sandbox: Any = None, bounds: Bounds = BOUNDS
    ) -> tuple[list[Rollout], Scripted]:
        engine = Scripted(tokens, lines)
        prompts = [[{"role": "user", "content": question}] for question in lines]
        tokenizer = AutoTokenizer.from_pretrained(tokens.name)
        return roll_out(prompts, engine, sandbox or Echo(), tokenizer, bounds), engine

    return roll


def trained(path: Rollout, tokens: ModelTokens) -> str:
    pairs = zip(path.completion_ids, path.env_mask, strict=True)
    return tokens.text([token for token, mask in pairs if mask])


def test_code_is_executed_and_its_output_is_read_without_loss(
    rolled: Any, tokens: ModelTokens
) -> None:
    [path], _ = rolled({"Q1": ["I count.\n" + CODE, ANSWER]})
    output = "```output\nprint(1)\n```\n"
    assert path.text == "I count.\n" + CODE + output + ANSWER
    assert tokens.text(path.completion_ids) == path.text + tokens.end
    assert trained(path, tokens) == "I count.\n" + CODE + ANSWER + tokens.end
    assert (path.outcome, path.calls, path.failed, path.tries) == ("answered", 1, False, 0)


def test_what_the_model_read_is_what_is_trained_on(rolled: Any, tokens: ModelTokens) -> None:
    paths, engine = rolled({"Q1": [CODE, "Hm.\n" + CODE, ANSWER], "Q2": [ANSWER]})
    for turn in engine.turns:
        whole = [path.prompt_ids + path.completion_ids for path in paths]
        assert any(ids[: len(turn.ids)] == turn.ids for ids in whole)
    assert tokens.text(paths[0].prompt_ids).endswith("<think>\n")


def test_paths_that_wait_are_answered_in_one_batch(rolled: Any) -> None:
    many = {f"Q{at} ": [CODE, ANSWER] for at in range(10, 30)}
    paths, engine = rolled(many | {"Q9 ": [ANSWER]})
    assert engine.batches == [21, 20]
    assert [path.calls for path in paths] == [1] * 20 + [0]


def test_a_forged_output_has_no_loss(rolled: Any, tokens: ModelTokens) -> None:
    [path], _ = rolled({"Q1": [f"Well.\n\n{FORGED}" + ANSWER]})
    said = trained(path, tokens)
    assert "7" not in said
    assert said.startswith("Well.")
    assert said.endswith(ANSWER + tokens.end)


def test_a_program_that_the_sandbox_failed_is_tried_again(rolled: Any, tokens: ModelTokens) -> None:
    [path], engine = rolled({"Q1": [BROKEN, ANSWER]}, Echo(fails=2))
    assert (path.failed, path.tries, path.outcome) == (False, 2, "answered")
    assert path.calls == 1
    assert len(engine.turns) == 2
    assert trained(path, tokens) == BROKEN + ANSWER + tokens.end


def test_a_path_whose_program_never_ran_has_no_loss_at_all(rolled: Any) -> None:
    paths, _ = rolled({"Q1": [BROKEN, ANSWER], "Q2": [CODE, ANSWER]}, Echo(fails=99))
    failed, fine = paths
    assert failed.failed
    assert failed.completion_ids
    assert not any(failed.env_mask)
    assert any(fine.env_mask)


def test_what_a_path_may_write_ends_it(rolled: Any, tokens: ModelTokens) -> None:
    few = BOUNDS._replace(written=5)
    [path], _ = rolled({"Q1": ["I think of many things."]}, bounds=few)
    assert (path.outcome, len(path.completion_ids)) == ("length_limit", 5)
    assert path.env_mask == [1] * 5


def test_what_the_model_can_read_ends_it(rolled: Any, tokens: ModelTokens) -> None:
    [whole], _ = rolled({"Q1": [CODE, ANSWER]})
    few = BOUNDS._replace(whole=len(whole.prompt_ids) + len(tokens.ids(CODE)) + 3)
    [path], engine = rolled({"Q1": [CODE, ANSWER]}, bounds=few)
    assert path.outcome == "length_limit"
    assert len(engine.turns) == 1


def test_code_past_the_limit_is_not_executed_and_ends_it(rolled: Any, tokens: ModelTokens) -> None:
    [path], _ = rolled({"Q1": [CODE.replace("1", str(n)) for n in range(9)]})
    assert path.outcome == "code_limit"
    assert path.calls == BOUNDS.loop.max_code_calls + 2
    assert "Not executed" not in trained(path, tokens)


def test_a_model_that_says_nothing_is_trained_on_its_end(rolled: Any, tokens: ModelTokens) -> None:
    [path], _ = rolled({"Q1": [""]})
    assert (path.outcome, path.text) == ("empty_reply", "")
    assert trained(path, tokens) == tokens.end


def test_an_engine_that_fails_ends_all_paths(rolled: Any, tokens: ModelTokens) -> None:
    class Failing(Scripted):
        def _reply(self, turn: Any) -> Any:
            raise MemoryError

    prompts = [[{"role": "user", "content": question}] for question in "abc"]
    tokenizer = AutoTokenizer.from_pretrained(tokens.name)
    with pytest.raises(MemoryError):
        roll_out(prompts, Failing(tokens, {}), Echo(), tokenizer, BOUNDS)


class _Refusing(Echo):
    """A sandbox that can't isolate code."""

    def session(self, seed: int = 0, wake: Any = ()) -> Any:
        raise SandboxRefused("Code can't be isolated here.")


def test_code_that_can_not_be_isolated_is_an_error(rolled: Any) -> None:
    with pytest.raises(SandboxRefused):
        rolled({"Q1": [CODE], "Q2": [ANSWER]}, _Refusing())
