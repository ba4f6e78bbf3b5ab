"""A sample has the asked size, repeats with its seed and changes with another."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def sampled(folder: Path, seed: str) -> list[str]:
    """The tests that a run of 3 out of 100 takes."""
    (folder / "test_many.py").write_text(
        "import pytest\n@pytest.mark.parametrize('n', range(100))\ndef test_one(n): pass\n"
    )
    command = [sys.executable, "-m", "pytest", "-p", "sampling", "--sample", "3"]
    environment = {"PYTHONPATH": str(HERE)}
    run = subprocess.run(
        [*command, "--sample-seed", seed],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert "3 passed, 97 deselected" in run.stdout
    return [line for line in run.stdout.splitlines() if line.startswith("sampled: ")]


def test_a_sample_repeats_with_its_seed(tmp_path: Path) -> None:
    first = sampled(tmp_path, "one")
    assert len(first) == 3
    assert first == sampled(tmp_path, "one")
    assert first != sampled(tmp_path, "two")
