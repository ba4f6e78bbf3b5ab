"""GRPO with a tiny model: what it learns from, what it leaves out, and how a run goes on."""

import re
from pathlib import Path
from typing import Any

import pytest

from app.backends.reasoners.tokens import ModelTokens
from app.core.errors import Refused
from tests.training.conftest import Begun, metrics, same
from tests.training.rolling import CODE, Echo, Scripted
from training.run_folder import RunFolder

pytestmark = [
    pytest.mark.training,
    # TRL asks by the older name.
    pytest.mark.filterwarnings("ignore:`(is_)?gradient_checkpointing"),
]
RIGHT, WRONG = "</think>\n\\boxed{12}", "</think>\n\\boxed{7}"
BROKEN = "```python\nbroken\n```\n"
SMALL = ("grpo.batch=4", "grpo.at_once=1", "grpo.group=4", "grpo.max_steps=2", "grpo.save_every=1")


class Lines:
    """Makes engines whose paths say these lines in turn, a line a path, as often as needed."""

    def __init__(self, tokens: ModelTokens, *lines: str) -> None:
        self._tokens, self._lines = tokens, lines

    def __call__(self, model: Any, tokenizer: Any, drawing: Any) -> Any:
        return _Each(self._tokens, self._lines)


class _Each(Scripted):
    def __init__(self, tokens: ModelTokens, lines: tuple[str, ...]) -> None:
        super().__init__(tokens, {"": [line for _ in range(99) for line in lines]})


def trained(run: RunFolder, sandbox: Any, engine: Any = None, stopping: Any = None) -> None:
    from training import grpo
    from training.failures import Stopping
    from training.generate import TransformersEngine

    grpo.train(run, stopping or Stopping(), sandbox, engine or TransformersEngine)


@pytest.fixture
def asked(begun: Begun) -> Begun:
    """A run folder that asks for GRPO."""

    def make(name: str = "run", *changes: str) -> RunFolder:
        return begun(name, *SMALL, *changes, dataset="trl-rl", stage="grpo")

    return make


def test_a_right_path_becomes_likelier_and_a_wrong_one_less(
    asked: Begun, model: Path, tokens: ModelTokens
) -> None:
    run = asked("run", "grpo.max_steps=3", "grpo.learning_rate=1e-3")
    trained(run, Echo(), Lines(tokens, RIGHT, WRONG, WRONG, RIGHT))
    rewards = [line["reward"] for line in metrics(run) if "reward" in line]
    assert rewards == [0.5] * 3
    gained = {
        text: _likely(run.model, tokens, text) - _likely(model, tokens, text)
        for text in ("\\boxed{12}", "\\boxed{7}")
    }
    assert gained["\\boxed{12}"] > 0 > gained["\\boxed{7}"]


def _likely(folder: Path, tokens: ModelTokens, text: str) -> float:
    """The log-probability of the number in a box behind what both paths say first."""
    import torch
    from transformers import AutoModelForCausalLM

    net = AutoModelForCausalLM.from_pretrained(folder)
    before, said = tokens.ids("</think>\n\\boxed{"), tokens.ids(text.removeprefix("\\boxed{"))
    prompt = tokens.opened(
        [
            {"role": "system", "content": "Use Python."},
            {"role": "user", "content": "How many boats, 1?"},
        ],
        "",
    )
    ids = [*tokens.ids(prompt), *before, *said]
    with torch.no_grad():
        told = torch.log_softmax(net(torch.tensor([ids])).logits[0], -1)
    start = len(ids) - len(said)
    return sum(told[at - 1, ids[at]].item() for at in range(start, len(ids)))


def test_a_path_that_the_sandbox_failed_moves_no_weight_and_is_counted(
    asked: Begun, tokens: ModelTokens
) -> None:
    import torch

    from training import grpo
    from training.data import problem_rows
    from training.models import load_model
    from training.stage import begin

    run = asked()
    begun = begin(run, problem_rows)
    engine = Lines(tokens, BROKEN, RIGHT, WRONG, RIGHT)
    net = load_model(begun.recipe, begun.steps)
    trainer = grpo.make_trainer(net, begun, Echo(fails=99), engine)
    trainer.create_optimizer()
    trainer.model.train()
    inputs = [trainer.train_dataset[0] for _ in range(4)]
    batch = trainer._generate_and_score_completions([dict(row) for row in inputs])

    def gradient(row: int) -> float:
        one = {k: v[row : row + 1] for k, v in batch.items() if k != "num_items_in_batch"}
        one["num_items_in_batch"] = batch["num_items_in_batch"]
        trainer.model.zero_grad()
        trainer.current_gradient_accumulation_steps = 4
        trainer.compute_loss(trainer.model, one).backward()
        return sum(
            p.grad.abs().sum().item() for p in trainer.model.parameters() if p.grad is not None
        )

    assert batch["completion_mask"][0].sum() > 0
    assert batch["tool_mask"][0].mul(batch["completion_mask"][0]).sum() == 0
    assert gradient(0) == 0.0
    assert gradient(1) > 0.0
    # The others are measured against one another alone: two right ones and a wrong one.
    wanted = torch.tensor([0.0, 1 / 3, -2 / 3, 1 / 3]) / (torch.tensor([1.0, 0, 1]).std() + 1e-4)
    assert torch.allclose(batch["advantages"], wanted, atol=1e-3)
    lost = trainer._metrics["train"]
    assert lost["sandbox/failed"] == [1.0]
    counted = batch["num_items_in_batch"].item()
    assert counted == sum(len(tokens.ids(text)) + 1 for text in (RIGHT, WRONG, RIGHT))


def test_where_the_sandbox_fails_for_all_the_run_ends_in_words(
    asked: Begun, tokens: ModelTokens
) -> None:
    from training.grpo import SandboxDown

    with pytest.raises(SandboxDown, match="calm doctor"):
        trained(asked(), Echo(fails=99), Lines(tokens, BROKEN))


def test_outputs_have_no_loss_and_samples_are_kept(asked: Begun, tokens: ModelTokens) -> None:
    import json

    run = asked("run", "grpo.max_steps=1")
    trained(run, Echo(), _Coded(tokens))
    lines = [json.loads(line) for line in (run.path / "samples.jsonl").read_text().splitlines()]
    assert [(line["step"], line["reward"], line["calls"]) for line in lines] == [(1, 1.0, 1)] * 2
    assert "```output" in lines[0]["text"]
    [line] = [line for line in metrics(run) if "reward" in line]
    assert line["paths/code_calls"] == 1
    # Lengths count what the model wrote.
    assert line["completions/mean_length"] == len(tokens.ids(CODE)) + len(tokens.ids(RIGHT)) + 1


class _Coded(Lines):
    """Engines whose paths write a program each, and then the answer."""

    def __call__(self, model: Any, tokenizer: Any, drawing: Any) -> Any:
        return _Each(self._tokens, (CODE,) * 4 + (RIGHT,) * 4)


def test_a_stopped_run_goes_on_to_the_same_end(asked: Begun) -> None:
    from training.failures import Stopped

    class StopsAtOnce:
        asked = True

    changes = ("grpo.written=12", "grpo.beta=0.1", "grpo.max_steps=2")
    straight, stopped = asked("straight", *changes), asked("stopped", *changes)
    trained(straight, Echo())
    with pytest.raises(Stopped, match="Stopped at step 1 of 2"):
        trained(stopped, Echo(), stopping=StopsAtOnce())
    trained(stopped, Echo())
    assert same(straight.model, stopped.model)
    ours, theirs = metrics(straight), metrics(stopped)
    assert [line.get("completions/mean_length") for line in ours] == [
        line.get("completions/mean_length") for line in theirs
    ]


def test_a_real_sandbox_executes_what_the_model_writes(asked: Begun, tokens: ModelTokens) -> None:
    from contextlib import closing

    from training.grpo import _sandbox

    run = asked("run", "grpo.max_steps=1")
    with closing(_sandbox()) as sandbox:
        trained(run, sandbox, _Coded(tokens))
    assert "```output\\n1\\n```" in (run.path / "samples.jsonl").read_text()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("grpo.group=3", "no multiple of group"),
        ("grpo.batch=12", "takes 3 problems (batch / group), and the dataset has 2"),
        ("max_tokens=10", "have more than 10 tokens"),
        ("grpo.vllm=true", "needs the package vllm"),
    ],
)
def test_what_makes_no_sense_is_said_first(asked: Begun, change: str, told: str) -> None:
    with pytest.raises(Refused, match=re.escape(told)):
        trained(asked("run", change), Echo())
