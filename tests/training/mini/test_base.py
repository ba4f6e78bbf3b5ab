"""A base trained from nothing, in seconds: it learns, and the worker's forward pass reads it."""

import json
from pathlib import Path

import pytest

from app.backends.reasoners import REASONERS
from app.backends.reasoners.base import Chunk, End, Request, Sampling
from app.backends.reasoners.tokens import load_tokens
from export.tokens import IGNORED
from training.mini.habits import Part


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from training.mini.base import Plan, train_base

    folder: Path = tmp_path_factory.mktemp("base")
    train_base(folder, plan=Plan(traces=96, epochs=2, batch=8))
    return folder


@pytest.mark.training
def test_it_learns(base: Path) -> None:
    told = (base / "base.jsonl").read_text("utf-8").splitlines()
    losses = [json.loads(line)["loss"] for line in told]
    assert losses[-1] < 0.7 * losses[0]


@pytest.mark.training
def test_a_worker_without_torch_goes_on_with_it(base: Path) -> None:
    reasoner = REASONERS.make("small", {"model": str(base)})
    asked = Request(
        question="What is the lowest cost?",
        system="Never read.",
        sampling=Sampling(temperature=0, max_tokens=30),
    )
    *chunks, end = reasoner.write(asked)
    assert isinstance(end, End)
    assert "".join(one.text for one in chunks if isinstance(one, Chunk)).strip()


@pytest.mark.training
def test_no_loss_is_on_the_problem_or_on_outputs(base: Path) -> None:
    from training.mini.base import example

    tokens = load_tokens(str(base))
    parts = (Part("reasoner", "Let x be 1.\n"), Part("sandbox", "```output\n1\n```\n"))
    row = example(tokens, "How many?", parts)
    learnt = [token for token in row.labels if token != IGNORED]
    assert tokens.text(learnt) == "Let x be 1.\n<|end|>"
    assert tokens.text(row.ids).startswith("<|user|>How many?<|assistant|><think>\n")
