"""Between the fork-server and a session: its namespaces or its warden, and its processes.

With namespaces the session's `init` is PID 1 of its own: all die with it. Without, the session's
processes are process groups, which the filter lets none leave; a *warden* above init has the folder
and the orphans, and kills what is left when init or the supervisor has gone.
"""

import json
import os
import select
import signal
import socket
import traceback
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, NoReturn

from app.backends.sandboxes.jail import confine, linux, runner, scratch
from app.backends.sandboxes.jail.init import Init

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


def enter_namespaces(proc: int) -> None:
    """Fresh namespaces of every kind, as their root."""
    uid, gid = os.geteuid(), os.getegid()
    linux.unshare(linux.ALL_NAMESPACES)
    _map_ids(proc, 0, uid, gid)


def _map_ids(proc: int, inside: int, uid: int, gid: int) -> None:
    _write(proc, "setgroups", "deny")
    _write(proc, "uid_map", f"{inside} {uid} 1")
    _write(proc, "gid_map", f"{inside} {gid} 1")


def _write(proc: int, name: str, text: str) -> None:
    descriptor = os.open(f"self/{name}", os.O_WRONLY, dir_fd=proc)
    os.write(descriptor, text.encode())
    os.close(descriptor)


def start(ends: Ends, jail: Jail, seed: int, server: socket.socket) -> None:
    """Begin a session, in a process of its own. What fails is told on its control channel."""
    uid, gid = os.geteuid(), os.getegid()
    try:
        if (os.fork() if jail.proc is None else linux.fork(linux.ALL_NAMESPACES)) != 0:
            return
    except OSError as problem:
        os.write(ends.control, json.dumps({"failed": str(problem)}).encode())
        return
    try:
        server.close()
        os.setsid()
        if jail.proc is None:
            _guard(ends, jail, seed)
        else:
            _map_ids(jail.proc, _PROGRAM_ID, uid, gid)
            os.close(jail.proc)
            _init(ends, jail, Path("/tmp"), seed)
    except OSError as problem:
        os.write(ends.control, json.dumps({"failed": str(problem)}).encode())
    finally:
        os._exit(0)


def _guard(ends: Ends, jail: Jail, seed: int) -> None:
    """The warden's whole life."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    linux.prctl(linux.PR_SET_CHILD_SUBREAPER, 1)
    folder = scratch.make()
    try:
        init = os.fork()
        if init == 0:
            _init(ends, jail, folder, seed)
        for descriptor in (ends.stdout, ends.stderr, ends.talk):
            os.close(descriptor)
        poll = select.poll()
        poll.register(os.pidfd_open(init), select.POLLIN)
        poll.register(ends.control, select.POLLRDHUP)
        poll.poll()
        os.kill(init, signal.SIGKILL)
        os.waitpid(init, 0)
        _kill_children()
    finally:
        scratch.remove(folder)


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


def _init(ends: Ends, jail: Jail, folder: Path, seed: int) -> NoReturn:
    control = socket.socket(fileno=ends.control)
    try:
        if jail.proc is not None:
            options = f"size={scratch.SCRATCH_MB}m,nr_inodes=16k,mode=1777"
            linux.mount("tmp", folder, "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, options)
        else:
            linux.prctl(linux.PR_SET_CHILD_SUBREAPER, 1)
        watched = {} if jail.proc is not None else {"scratch": str(folder)}
        control.send(json.dumps({"init": True} | watched).encode())
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        program = os.fork()
        if program == 0:
            _program(ends, control, jail, folder, seed)
        os.setpgid(program, program)
        linux.prctl(linux.PR_SET_DUMPABLE, 0)
        for descriptor in (ends.stdout, ends.stderr, ends.talk):
            os.close(descriptor)
        init = Init(control, program, folder, alone=jail.proc is not None)
        if jail.proc is None:
            _end_with_the_warden(init)
        init.serve()
    except OSError as problem:
        control.send(json.dumps({"failed": str(problem)}).encode())
    finally:
        os._exit(0)


def _end_with_the_warden(init: Init) -> None:
    """Should the host kill the warden, which no program can, its session goes with it."""

    def end(*_: object) -> NoReturn:
        init.kill_all()
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGTERM)


def _program(ends: Ends, control: socket.socket, jail: Jail, folder: Path, seed: int) -> NoReturn:
    """Give everything up, then execute blocks. A failure before the first shows in stderr."""
    try:
        control.close()
        os.setpgid(0, 0)
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
