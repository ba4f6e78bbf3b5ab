"""What tests of the trainers share: datasets of the sample rows, and the trainers' own programs.

Each trainer lives in an environment of its own, `.venv-NAME` (`make test-trainers`): none of them
can share one with the studio or with another. A test of one that is not there is skipped.
"""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.backends.reasoners.tokens import ModelTokens
from export.build import Chosen, build
from export.formats import FORMATS
from export.manifest import Origin
from tests.export.conftest import making_of, origin, tokens  # noqa: F401 - fixtures
from tests.export.sample_rows import discarded_row, make_row

ROOT = Path(__file__).resolve().parents[2]
LOADERS = Path(__file__).parent / "loaders"
ROWS = (make_row(1), make_row(2))
REPLIES = {
    "Hm.</think>\n\\boxed{12.5}": 1.0,
    "Hm.</think>\n\\boxed{13}": 1.0,  # within the problem's own tolerance
    "Hm.</think>\n\\boxed{14}": 0.0,
    "I do not know.": 0.0,
}
"""Replies to the first problem, and what each is worth."""
Made = Callable[[str], Path]
Run = Callable[..., dict[str, Any]]


@pytest.fixture
def made(tmp_path: Path, origin: Origin, tokens: ModelTokens) -> Made:  # noqa: F811
    """Build a dataset of ROWS in a format, and give its folder."""

    def make(name: str) -> Path:
        flawed = [discarded_row()] if FORMATS.make(name).flawed else []
        items = [Chosen(row) for row in [*ROWS, *flawed]]
        making = making_of(name, tokens)
        manifest = build(items, tmp_path / name, making, origin)
        return tmp_path / name / manifest.fingerprint

    return make


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a program of `loaders` in a trainer's environment, and give what it prints last.

    Settings are handed on as JSON. The studio's core is on the path, as where it is installed.
    """

    def started(trainer: str, loader: str, *arguments: object) -> dict[str, Any]:
        python = ROOT / f".venv-{trainer}" / "bin" / "python"
        if not python.exists():
            pytest.skip(f"{trainer} is not there; `make test-trainers` sets it up")
        told = [json.dumps(each) if isinstance(each, dict) else str(each) for each in arguments]
        ended = subprocess.run(
            [python, LOADERS / f"{loader}.py", *told],
            env=os.environ | _quiet(tmp_path),
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
        assert not ended.returncode, ended.stdout[-2_000:] + ended.stderr[-6_000:]
        report: dict[str, Any] = json.loads(ended.stdout.strip().splitlines()[-1])
        return report | {"stderr": ended.stderr}

    return started


def _quiet(scratch: Path) -> dict[str, str]:
    """No hub, no caches of the person's own, one thread."""
    offline = {"HF_HUB_OFFLINE": "1", "HF_HOME": str(scratch / "hub"), "OMP_NUM_THREADS": "1"}
    silent = {"TOKENIZERS_PARALLELISM": "false", "DO_NOT_TRACK": "1", "WANDB_MODE": "disabled"}
    return offline | silent | {"CUDA_VISIBLE_DEVICES": "", "PYTHONPATH": str(ROOT)}
