"""A child process of `calm up`: started, watched, started again, and gone for certain.

Promises: a child never outlives its parent, not even one that is killed (on Linux, by the
parent-death signal); stopping a child ends everything that it started; what it prints goes to its
log.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import psutil

from app.settings import ROOT

LIVED_WELL = 30.0
"""Seconds after which an earlier death is forgotten."""
MOST_DEATHS = 4
FIRST_PAUSE = 1.0
_LONGEST_LOG = 10 * 2**20
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class Child:
    """A program and the process that runs it now.

    `grace` is how many seconds it may take to end; `once` says that it ends by itself.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        log: Path,
        *,
        grace: float = 10.0,
        once: bool = False,
    ) -> None:
        self.name = name
        self.command = [str(part) for part in command]
        self.log = log
        self.grace = grace
        self.once = once
        self.deaths = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._family: list[psutil.Process] = []
        self._started = 0.0
        self._again_at = 0.0

    def start(self) -> None:
        """Start it, its output behind that of the last time."""
        self.log.parent.mkdir(exist_ok=True, mode=0o700)
        if self.log.exists() and self.log.stat().st_size > _LONGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.1"))
        self._started = time.monotonic()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=ROOT,
                start_new_session=True,  # Ctrl-C reaches the parent alone, which stops in order
                preexec_fn=partial(_tie_to, os.getpid()),
            )

    @property
    def alive(self) -> bool:
        """Whether its process runs."""
        return self._process is not None and self.exit_code is None

    @property
    def exit_code(self) -> int | None:
        """How its process ended: 0 is well, negative a signal; None while it runs."""
        return self._process.poll() if self._process else None

    def revive(self) -> bool:
        """Start it again if it died, later after each death. False if it keeps dying."""
        now = time.monotonic()
        if self.alive:
            return True
        if self._again_at <= self._started:
            self.deaths = 1 if now - self._started > LIVED_WELL else self.deaths + 1
            self._again_at = now + FIRST_PAUSE * 2 ** (self.deaths - 1)
        if self.deaths > MOST_DEATHS:
            return False
        if now >= self._again_at:
            self.start()
        return True

    def ask_to_end(self) -> None:
        """Tell it to end by itself, and remember what it started."""
        if self._process is not None:
            self._family = _family(self._process.pid)
            self._process.terminate()

    def stop(self) -> None:
        """Wait for the end that it was asked for, then kill whatever of it is left."""
        if self._process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(self.grace)
        for process in self._family:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(self._family, timeout=5)
        self._process.wait()

    def last_words(self, lines: int = 15) -> str:
        """The last lines of its log."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text("utf-8", "replace").splitlines()[-lines:])


def _family(pid: int) -> list[psutil.Process]:
    """The process and everything that it started, as far as it still runs."""
    try:
        process = psutil.Process(pid)
        return [*process.children(recursive=True), process]
    except psutil.NoSuchProcess:
        return []


def _tie_to(parent: int) -> None:
    """Die when `parent` does; runs in the child, before its program."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before the tie held
            os._exit(1)
