"""`calm train`: what is refused before a process starts, and what the process is given."""

import json
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import train as command
from app.cli.train import train
from app.core.errors import CalmError, Refused

Program = Callable[[str], Path]


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Program]:
    """Puts a shell program in place of the Python that has torch."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    file = tmp_path / "python"

    def make(text: str) -> Path:
        file.write_text(f"#!/bin/sh\n{text}\n")
        file.chmod(0o755)
        monkeypatch.setattr(command, "python", lambda: file)
        return tmp_path

    yield make
    for number, handler in handlers.items():
        signal.signal(number, handler)


def called(*arguments: str | Path) -> Result:
    return CliRunner().invoke(train, list(map(str, arguments)))


@pytest.mark.parametrize("stage", ["sft", "grpo"])
def test_the_process_gets_a_run_folder_that_says_what_is_asked(
    program: Program, stage: str
) -> None:
    folder = program('echo "$@" > "$(dirname "$0")/given"; exit 2')
    out = folder / "run"
    (folder / "data").mkdir()
    options = ["--recipe", "mini", "--dataset", folder / "data" / ".", "--set", "seed=1"]
    assert called(stage, *options, "--out", out).exit_code == 2
    assert (folder / "given").read_text().split() == ["-P", "-m", f"training.{stage}", str(out)]
    assert json.loads((out / "asked.json").read_text()) == {
        "stage": stage,
        "recipe": "mini",
        "dataset": str(folder / "data"),
        "fingerprint": "",
        "model": "",
        "changes": ["seed=1"],
    }


def test_a_run_goes_on_in_its_folder_and_on_several_devices(program: Program) -> None:
    folder = program('echo "$@" > "$(dirname "$0")/given"')
    (folder / "asked.json").write_text('{"stage": "sft"}')
    config = folder / "accelerate.yaml"
    config.write_text("")
    assert called("resume", folder, "--accelerate", config).exit_code == 0
    given = (folder / "given").read_text()
    assert f"-m accelerate.commands.launch --config_file {config} -m training.sft {folder}" in given


def test_a_killed_process_is_told_of_and_how_it_goes_on(program: Program) -> None:
    folder = program("kill -9 $$")
    result = called("sft", "--recipe", "mini", "--dataset", "d", "--out", folder / "run")
    assert isinstance(result.exception, CalmError)
    assert "killed (SIGKILL)" in str(result.exception)
    assert f"calm train resume {folder / 'run'}" in str(result.exception)


def test_a_folder_in_use_and_one_that_is_no_run_are_refused(program: Program) -> None:
    folder = program("exit 0")
    (folder / "else").mkdir()
    (folder / "else" / "file").write_text("")
    result = called("sft", "--recipe", "mini", "--dataset", "d", "--out", folder / "else")
    assert isinstance(result.exception, Refused)
    assert "is not empty" in str(result.exception)
    assert "no run folder" in str(called("resume", folder / "else").exception)


def test_without_torch_it_says_what_to_type(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(command, "find_spec", lambda name: None)
    monkeypatch.setattr(command, "_BESIDE", tmp_path / "nothing")
    result = called("sft", "--recipe", "mini", "--dataset", "d", "--out", tmp_path / "run")
    assert "make setup-training" in str(result.exception)
    assert not (tmp_path / "run").exists()
