"""Many paths at once by transformers: each as if it were alone, to its own end."""

from pathlib import Path
from typing import Any

import pytest

from app.backends.reasoners.tokens import ModelTokens
from training.rollout import Turn

pytestmark = pytest.mark.training


@pytest.fixture
def engine(model: Path) -> Any:
    """Makes an engine over the tiny model."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from training.generate import Drawing, TransformersEngine

    net = AutoModelForCausalLM.from_pretrained(model).eval()
    tokenizer = AutoTokenizer.from_pretrained(model)

    def make(temperature: float = 0, at_once: int = 8, seed: int = 0) -> TransformersEngine:
        return TransformersEngine(net, tokenizer, Drawing(temperature, 1.0, at_once, seed))

    return make


def turns(tokens: ModelTokens) -> list[Turn]:
    asked = ("How many?", "How many boats, then?", "?")
    return [Turn(tokens.ids(text), "", room) for text, room in zip(asked, (12, 7, 9), strict=True)]


def test_a_batch_says_what_each_would_say_alone(engine: Any, tokens: ModelTokens) -> None:
    asked = turns(tokens)
    together = engine().generate(asked, 0)
    alone = [engine().generate([turn], 0)[0] for turn in asked]
    assert together == alone
    assert engine(at_once=2).generate(asked, 0) == alone
    assert [len(reply.ids) for reply in alone] == [12, 7, 9]
    assert {reply.finish for reply in alone} == {"length"}
    assert [tokens.text(reply.ids) for reply in alone] == [reply.text for reply in alone]


def test_a_seed_draws_the_same_and_moves_nothing_else(engine: Any, tokens: ModelTokens) -> None:
    import torch

    asked = turns(tokens)
    before = torch.get_rng_state()
    drawn = engine(1.0, seed=3).generate(asked, 0)
    assert torch.equal(before, torch.get_rng_state())
    assert engine(1.0, seed=3).generate(asked, 0) == drawn
    assert engine(1.0, seed=4).generate(asked, 0) != drawn
    assert engine(1.0, seed=3).generate(asked, 1) != drawn


def test_a_row_ends_at_its_fence_or_its_end_and_the_others_go_on(
    engine: Any, tokens: ModelTokens
) -> None:
    import torch
    from transformers import StoppingCriteriaList

    from training.generate import _Stop, _Watch

    tokenizer = engine()._tokenizer
    ends = set(tokens.ids(tokens.end))
    # The last token says the line's end and the beginning of the next line.
    said = ["print(1)\n```", "\nB", "more"]
    code = [token for text in said for token in tokens.ids(text)]
    rows = [code, [*tokens.ids("So."), *ends, 1], tokens.ids("x" * 30)]
    first = _Watch(tokenizer, Turn([1], "```python\n", 99), ends)
    others = [_Watch(tokenizer, Turn([1], "", room), ends) for room in (99, 20)]
    stop = StoppingCriteriaList([_Stop([first, *others])])
    for step in range(30):
        drawn = [[row[min(step, len(row) - 1)]] for row in rows]
        stopped = stop(torch.tensor(drawn), None)
    assert stopped.tolist() == [True, True, True]
    fence, end, long = (watch.reply() for watch in (first, *others))
    assert (fence.finish, fence.text) == ("fence", "print(1)\n```\n")
    assert fence.ids[-1] == tokens.ids("\nB")[0]
    assert (end.finish, end.text, end.end) == ("stop", "So.", next(iter(ends)))
    assert (long.finish, len(long.ids)) == ("length", 20)


class Vllm:
    """TRL's vLLM as far as it is used: it draws these tokens, each with a log-probability."""

    def __init__(self, *drawn: list[int]) -> None:
        self.drawn = drawn

    def generate(self, prompts: Any, images: None, num_generations: int) -> Any:
        scores = [[[-token / 100] for token in ids] for ids in self.drawn]
        return prompts, self.drawn, scores, None


def test_vllm_is_read_as_far_as_a_path_goes(engine: Any, tokens: ModelTokens) -> None:
    from training.generate import VllmEngine

    [end] = tokens.ids(tokens.end)
    code = [*tokens.ids("```python\nprint(1)\n```"), *tokens.ids("\nB")]
    drawn = [code, [*tokens.ids("So."), end], tokens.ids("x" * 30)]
    heard = VllmEngine(Vllm(*drawn), engine()._tokenizer, {end}).generate(
        [Turn([1], "", room) for room in (99, 99, 20)], 0
    )
    assert [reply.finish for reply in heard] == ["fence", "stop", "length"]
    assert heard[0].text == "```python\nprint(1)\n```\n"
    assert heard[1].logprobs == tuple(-token / 100 for token in drawn[1])
    assert [len(reply.logprobs) for reply in heard] == [len(code), 4, 20]
