"""What the tests of the command line share: `calm` as a person runs it, in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]
CALM = [sys.executable, "-m", "app.cli"]


def environment(folder: Path, **more: str) -> dict[str, str]:
    """The environment without the tests' own settings, with `folder` as the data folder."""
    ours = ("CALM_", "DATABASE_URL", "REDIS_URL")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**kept, "CALM_DATA": str(folder), **more}


@pytest.fixture
def calm(tmp_path: Path) -> Run:
    """Runs `calm` with arguments; every run of a test has the same data folder."""

    def run(*arguments: str, stdin: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*CALM, *arguments],
            env=environment(tmp_path / "data", **more),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
        )

    return run
