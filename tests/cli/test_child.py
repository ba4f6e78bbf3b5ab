"""A child is started again when it dies, given up when it keeps dying, and gone once stopped."""

import sys
import time
from pathlib import Path

import psutil
import pytest

from app.cli import child
from app.cli.child import MOST_DEATHS, Child

TREE = "import subprocess, time; subprocess.Popen(['sleep', '600']); print('up', flush=True); "


def python(source: str, log: Path, **options: float) -> Child:
    """A child that runs this program."""
    return Child("program", [sys.executable, "-c", source], log, **options)


def test_one_that_keeps_dying_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "FIRST_PAUSE", 0.0)
    program = python("import sys; print('no disk'); sys.exit(3)", tmp_path / "a.log")
    program.start()
    while program.revive():
        time.sleep(0.01)
    assert program.deaths == MOST_DEATHS + 1
    assert program.last_words().splitlines() == ["no disk"] * (MOST_DEATHS + 1)


@pytest.mark.parametrize("code", [0, 3])
def test_it_tells_how_it_ended(code: int, tmp_path: Path) -> None:
    program = python(f"import sys; sys.exit({code})", tmp_path / "a.log", once=True)
    program.start()
    while program.alive:
        time.sleep(0.01)
    assert program.exit_code == code


def words(process: psutil.Process) -> str:
    """The command of a process; nothing of one that has ended meanwhile, another test's say."""
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


@pytest.mark.parametrize("deaf", ["", "import signal; signal.signal(15, signal.SIG_IGN); "])
def test_stopping_it_ends_all_that_it_started(deaf: str, tmp_path: Path) -> None:
    program = python(deaf + TREE + "time.sleep(600)", tmp_path / "a.log", grace=0.5)
    program.start()
    while "up" not in program.last_words():
        time.sleep(0.01)
    ours = psutil.Process().children(recursive=True)
    tree = [p for p in ours if words(p) == "sleep 600" or TREE in words(p)]
    assert len(tree) == 2
    program.ask_to_end()
    program.stop()
    assert not [p for p in tree if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]
