"""Between the supervisor and a session: its namespaces, its init, its freezing and its end.

Two trusted processes for each session, which no program can signal or trace. The *warden* kills
the session when the supervisor lets go of the control socket, for whatever reason. The *init*
reports what the kernel says of the program's process. A block has ended when that process has
stopped itself; init then freezes every process of the session until the next block. So a program
that forges the end freezes itself.

With namespaces the warden stays outside the session's and init is PID 1 inside: all die with it.
Without, the session's processes are one process group, which the filter lets none leave, and
orphans come to init, or after it to the warden.
"""

import json
import os
import select
import signal
import socket
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from resource import struct_rusage
from typing import NamedTuple, NoReturn

from app.backends.sandboxes.jail import artefacts, confine, linux, runner, scratch

_PROGRAM_ID = 1000


class Ends(NamedTuple):
    """The session's ends of its channels, as descriptors."""

    stdout: int
    stderr: int
    talk: int
    control: int


class Jail(NamedTuple):
    """What the fork-server is in: its level, the host's /proc where that is full, and what of the
    file system programs are shown."""

    level: str
    proc: int | None
    shown: list[str]


def enter_namespaces(proc: int, inside: int) -> None:
    """Fresh namespaces of every kind, with this process's ids seen as `inside`."""
    uid, gid = os.geteuid(), os.getegid()
    linux.unshare(linux.ALL_NAMESPACES)
    _write(proc, "setgroups", "deny")
    _write(proc, "uid_map", f"{inside} {uid} 1")
    _write(proc, "gid_map", f"{inside} {gid} 1")


def _write(proc: int, name: str, text: str) -> None:
    descriptor = os.open(f"self/{name}", os.O_WRONLY, dir_fd=proc)
    os.write(descriptor, text.encode())
    os.close(descriptor)


def run(ends: Ends, jail: Jail, seed: int) -> NoReturn:
    """The warden's whole life."""
    control = socket.socket(fileno=ends.control)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    try:
        with _folder(jail) as folder:
            watched = {} if jail.proc is not None else {"scratch": str(folder)}
            control.send(json.dumps({"warden": True} | watched).encode())
            _hold(ends, control, jail, folder, seed)
    except OSError as problem:
        control.send(json.dumps({"failed": str(problem)}).encode())
    finally:
        os._exit(0)


@contextmanager
def _folder(jail: Jail) -> Iterator[Path]:
    if jail.proc is not None:
        yield Path("/tmp")
        return
    folder = scratch.make()
    try:
        yield folder
    finally:
        scratch.remove(folder)


def _hold(ends: Ends, control: socket.socket, jail: Jail, folder: Path, seed: int) -> None:
    if jail.proc is not None:
        enter_namespaces(jail.proc, inside=_PROGRAM_ID)
        os.close(jail.proc)
    else:
        linux.prctl(linux.PR_SET_CHILD_SUBREAPER, 1)
    init = os.fork()
    if init == 0:
        _init(ends, control, jail, folder, seed)
    poll = select.poll()
    poll.register(os.pidfd_open(init), select.POLLIN)
    poll.register(control, select.POLLRDHUP)
    poll.poll()
    os.kill(init, signal.SIGKILL)
    os.waitpid(init, 0)
    _kill_children()


def _kill_children() -> None:
    """Whatever is left below, each with its group; their orphans come here, to a subreaper."""
    while pids := _children():
        for pid in pids:
            group = os.getpgid(pid)
            with suppress(ProcessLookupError):
                os.kill(pid if group == os.getpgrp() else -group, signal.SIGKILL)
        for pid in pids:
            os.waitpid(pid, 0)


def _children() -> list[int]:
    with suppress(FileNotFoundError):  # no /proc: a namespace was here, and all of it has died
        path = Path(f"/proc/self/task/{os.getpid()}/children")
        return [int(pid) for pid in path.read_text().split()]
    return []


def _init(ends: Ends, control: socket.socket, jail: Jail, folder: Path, seed: int) -> NoReturn:
    try:
        if jail.proc is not None:
            options = f"size={scratch.SCRATCH_MB}m,nr_inodes=16k,mode=1777"
            linux.mount("tmp", folder, "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, options)
        else:
            linux.prctl(linux.PR_SET_CHILD_SUBREAPER, 1)
        program = os.fork()
        if program == 0:
            _program(ends, control, jail, folder, seed)
        if jail.proc is None:
            _end_with_the_warden(program)
        linux.prctl(linux.PR_SET_DUMPABLE, 0)
        for descriptor in (ends.stdout, ends.stderr, ends.talk):
            os.close(descriptor)
        _report(control, program, folder, everyone=-1 if jail.proc is not None else -program)
    except OSError as problem:
        control.send(json.dumps({"failed": str(problem)}).encode())
    finally:
        os._exit(0)


def _end_with_the_warden(program: int) -> None:
    """Should the host kill the warden, which no program can, its session goes with it."""

    def end(*_: object) -> NoReturn:
        os.kill(-program, signal.SIGKILL)
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGTERM)


def _program(ends: Ends, control: socket.socket, jail: Jail, folder: Path, seed: int) -> NoReturn:
    """Give everything up, then execute blocks. A failure before the first shows in stderr."""
    try:
        control.close()
        os.setsid()
        confine.keep_only(ends.stdout, ends.stderr, ends.talk)
        os.chdir(folder)
        confine.limit()
        if jail.level == "full":
            confine.behind_namespaces()
        elif jail.level == "landlock":
            linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
            confine.behind_landlock(jail.shown, folder)
        runner.run(seed)
    except BaseException:
        os.write(2, traceback.format_exc().encode())
    finally:
        os._exit(70)


def _report(control: socket.socket, program: int, folder: Path, everyone: int) -> None:
    """Say each time the program stops, resume it on each word; at its death say how, and end."""
    while True:
        status, usage = _wait(program)
        if not os.WIFSTOPPED(status):
            break
        os.kill(everyone, signal.SIGSTOP)
        control.send(json.dumps({"stopped": True, "artefacts": artefacts.found(folder)}).encode())
        if not control.recv(16):
            return
        os.kill(everyone, signal.SIGCONT)
    ended = {
        "exit": os.waitstatus_to_exitcode(status),
        "cpu": usage.ru_utime + usage.ru_stime,
    }
    control.send(json.dumps(ended).encode())


def _wait(program: int) -> tuple[int, struct_rusage]:
    """The program's next stop or its death; orphans, which come to init, are only reaped."""
    while True:
        pid, status, usage = os.wait4(-1, os.WUNTRACED)
        if pid == program:
            return status, usage
