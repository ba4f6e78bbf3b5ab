"""`calm sandbox serve`: it serves until it is told to stop, and leaves nothing."""

import os
import subprocess
import sys
from pathlib import Path

import psutil

from app.backends.sandboxes.remote import RemoteSandbox
from app.core.execution import Limits


def start(path: Path, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "app.cli", "sandbox", "serve", "--socket", str(path)],
        env={"PATH": os.environ["PATH"], "CALM_DATA": str(path.parent / "data"), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_it_serves_until_told_to_stop(tmp_path: Path) -> None:
    path = tmp_path / "socket"
    with start(path) as service:
        assert service.stdout is not None
        assert f"Listening at {path}. Isolation: " in service.stdout.readline()
        assert RemoteSandbox(path).execute("print(6 * 7)", Limits()).output == "42\n"
        family = psutil.Process(service.pid).children(recursive=True)
        service.terminate()
        assert service.wait(20) == 0
    _, alive = psutil.wait_procs(family, timeout=20)
    assert alive == []
    assert list(tmp_path.iterdir()) == []


def test_it_says_why_it_can_not(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with start(tmp_path / "file") as service:
        assert service.stderr is not None
        assert "is in the way" in service.stderr.read()
    assert service.returncode == 2
