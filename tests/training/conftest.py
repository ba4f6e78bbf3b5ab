"""What tests of training share: datasets of the sample rows in a folder of their own.

What needs torch is marked `training`, and runs in `.venv-training` by `make test-training`.
"""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from app.backends.reasoners.tokens import ModelTokens
from export.build import Chosen, build
from export.manifest import Origin
from export.rows import Row
from tests.export.conftest import making_of, origin, tokens  # noqa: F401 - fixtures
from tests.export.sample_rows import make_row
from tests.training.tiny_model import make_model
from training.run_folder import Asked, RunFolder

ROWS = (make_row(1), make_row(2))
Made = Callable[..., Path]
Begun = Callable[..., RunFolder]


@pytest.fixture
def made(tmp_path: Path, origin: Origin, tokens: ModelTokens) -> Made:  # noqa: F811
    """Build a dataset in a format, and give its folder."""

    def make(name: str, rows: Sequence[Row] = ROWS, split: str = "train") -> Path:
        manifest = build(
            [Chosen(row, split) for row in rows], tmp_path / name, making_of(name, tokens), origin
        )
        return tmp_path / name / manifest.fingerprint

    return make


@pytest.fixture(scope="session")
def model(tokens: ModelTokens) -> Path:  # noqa: F811
    """The folder of a tiny model, whose tokenizer the datasets are made with."""
    pytest.importorskip("trl", reason="TRL is in .venv-training (make test-training)")
    return make_model(Path(tokens.name))


@pytest.fixture
def begun(made: Made, model: Path, tmp_path: Path) -> Begun:
    """A run folder that asks for a stage, of `mini` with changes."""

    def make(
        name: str = "run", *changes: str, dataset: str = "sft-tokenized", stage: str = "sft"
    ) -> RunFolder:
        run = RunFolder(tmp_path / name)
        run.path.mkdir()
        few = ("sft.batch=1", "sft.at_once=1", "sft.epochs=3", "sft.save_every=2", *changes)
        asked = {"stage": stage, "recipe": "mini", "dataset": str(made(dataset))}
        told = Asked.model_validate({**asked, "model": str(model), "changes": few})
        (run.path / "asked.json").write_text(told.model_dump_json())
        return run

    return make


def metrics(run: RunFolder) -> list[dict[str, Any]]:
    """The lines of a run's metrics."""
    return [json.loads(line) for line in (run.path / "metrics.jsonl").read_text().splitlines()]


def same(one: Path, other: Path) -> bool:
    """Whether two models have the same weights, to the bit."""
    ours, theirs = weights(one), weights(other)
    return all(ours[name].equal(theirs[name]) for name in {**ours, **theirs})


def weights(folder: Path) -> dict[str, Any]:
    """The weights of a saved model."""
    from safetensors.torch import load_file

    return dict(load_file(folder / "model.safetensors"))
