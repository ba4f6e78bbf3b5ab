"""The init of a session: freezes, resumes, forks and kills its processes, and tells what it saw.

A trusted process that no program can signal or trace. A block has ended when the *live* process has
stopped itself; init then freezes every process of the session until the next word. Beside it there
may be *sleeping* processes, forks of what the live one was after an earlier block: each is the
first of a process group of its own, and only one group ever runs.

Its words, from the supervisor: `go` (a block), `keep` (leave a sleeping fork), `wake N` (a fork of
that sleeping process becomes the live one), `drop N`, `rest` (kill the live one). It answers each
but `drop`. When the supervisor lets go it kills everything, removes a folder on
the host, and ends.
"""

import json
import os
import select
import signal
import socket
import time
from collections.abc import Container
from contextlib import suppress
from pathlib import Path
from resource import struct_rusage
from typing import Any

from app.backends.sandboxes.jail import artefacts, linux, scratch

_CLEAN = {"stopped": True, "empty": True, "artefacts": []}
_CLEAN_WORD = json.dumps(_CLEAN).encode()
"""Most blocks end like this. It stands ready, for making it writes to many pages."""


class LetGo(Exception):  # it is no error
    """The supervisor has closed its end."""


class Init:
    """`alone`: it is PID 1, and every other process that it can signal is the session's."""

    def __init__(self, control: socket.socket, program: int, folder: Path, alone: bool) -> None:
        self._control, self._live, self._folder, self._alone = control, program, folder, alone
        self._sleeping: set[int] = set()
        self._poll = select.poll()
        self._bell, bell = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(bell, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._poll.register(control, select.POLLIN)
        self._poll.register(self._bell, select.POLLIN)

    def serve(self) -> None:
        """Until the supervisor lets go."""
        with suppress(LetGo):
            self._say(self._until_stopped())
            while True:
                if (answer := self._obey(self._hear())) is not None:
                    self._say(answer)
        self.end()

    def end(self) -> None:
        """Every process of the session; returns when they are gone, and so is its folder."""
        for group in (self._live, *self._sleeping):
            _kill(group)
        if not self._alone:
            kill_children()
            scratch.remove(self._folder)
            return
        with suppress(ChildProcessError):
            while True:
                with suppress(ProcessLookupError):
                    os.kill(-1, signal.SIGKILL)
                os.wait()

    def _obey(self, words: str) -> dict[str, Any] | None:
        word, _, number = words.partition(" ")
        if word == "go":
            os.kill(-self._live, signal.SIGCONT)
            return self._until_stopped()
        if word == "keep":
            return {"fork": self._keep()}
        if word == "wake":
            self._rest()
            self._live = self._fork(int(number)) or 0
            return {"fork": self._live or None}
        if word == "drop":
            self._sleeping.discard(int(number))
            _kill(int(number))
            return None
        self._rest()
        return {"rested": True}

    def _until_stopped(self) -> dict[str, Any]:
        """How the live process stopped or died; a word meanwhile means that it has to die."""
        while True:
            pid, status, usage = self._wait()
            if pid == self._live:
                break
        if os.WIFSTOPPED(status):
            self._freeze()
            if _is_empty(self._folder):
                return _CLEAN
            return _CLEAN | {"empty": False, "artefacts": artefacts.found(self._folder)}
        _kill(self._live)
        self._live = 0
        cpu = usage.ru_utime + usage.ru_stime
        return {"exit": os.waitstatus_to_exitcode(status), "cpu": cpu}

    def _keep(self) -> int | None:
        copy = self._fork(self._live)
        if copy:
            self._sleeping.add(copy)
        return copy

    def _fork(self, pid: int) -> int | None:
        """Let a process fork itself. The copy comes here as an orphan and stops, or it dies."""
        os.kill(pid, signal.SIGCONT)
        copy, waiting = 0, {pid, 0}
        while waiting:
            changed, status, _ = self._wait()
            stopped = os.WIFSTOPPED(status)
            if changed == pid and not stopped:
                return None
            if changed == pid or changed not in self._sleeping | {self._live}:
                waiting.discard(pid if changed == pid else 0)
                copy = changed if changed != pid and stopped else copy
        if copy:
            os.setpgid(copy, copy)
        self._freeze()
        return copy or None

    def _freeze(self) -> None:
        """All of them, in whose group ever: what a program has woken sleeps again."""
        for group in (-1,) if self._alone else [-it for it in (self._live, *self._sleeping) if it]:
            with suppress(ProcessLookupError):
                os.kill(group, signal.SIGSTOP)

    def _rest(self) -> None:
        """No live process, and nothing in its folder."""
        _kill(self._live)
        self._live = 0
        scratch.clear(self._folder)

    def _wait(self) -> tuple[int, int, struct_rusage]:
        """The next process that stopped or died; orphans come to init too."""
        while True:
            with suppress(ChildProcessError):
                pid, status, usage = os.wait4(-1, os.WUNTRACED | os.WNOHANG)
                if pid:
                    return pid, status, usage
            ready = {descriptor for descriptor, _ in self._poll.poll()}
            if self._bell in ready:
                os.read(self._bell, 512)
            if self._control.fileno() in ready:
                if not self._control.recv(64, socket.MSG_PEEK):
                    raise LetGo
                if self._live:  # a word amid a block, which is obeyed when the block has ended
                    os.kill(-self._live, signal.SIGKILL)

    def _hear(self) -> str:
        word = self._control.recv(64)
        if not word:
            raise LetGo
        return word.decode()

    def _say(self, answer: dict[str, Any]) -> None:
        self._control.send(_CLEAN_WORD if answer is _CLEAN else json.dumps(answer).encode())


def _kill(group: int) -> None:
    """Returns when none of it is left. 0 stands for no group."""
    while group:
        try:
            os.kill(-group, signal.SIGKILL)
        except ProcessLookupError:
            return
        try:
            os.waitpid(-group, 0)
        except ChildProcessError:  # the last of them are still another's children
            time.sleep(0.001)


def kill_children(but: Container[int] = ()) -> None:
    """Whatever is left below, each with its group; their orphans come here, to a subreaper."""
    while pids := [pid for pid in linux.children() if pid not in but]:
        for pid in pids:
            group = os.getpgid(pid)
            with suppress(ProcessLookupError):
                os.kill(pid if group == os.getpgrp() else -group, signal.SIGKILL)
        for pid in pids:
            os.waitpid(pid, 0)


def _is_empty(folder: Path) -> bool:
    with suppress(OSError), os.scandir(folder) as entries:
        return next(entries, None) is None
    return False
