"""Between the supervisor and a session: its namespaces, its init, its freezing and its end.

Two trusted processes for each session. The *warden* stays outside the session's pid namespace
and kills it when the supervisor lets go of the control socket, for whatever reason. The *init*
is PID 1 inside, where no program can signal or trace it: it reports what the kernel says of the
program's process. A block has ended when that process has stopped itself; init then freezes every
process of the session until the next block. So a program that forges the end freezes itself.
"""

import json
import os
import select
import shutil
import signal
import socket
import tempfile
import traceback
from pathlib import Path
from resource import struct_rusage
from typing import NamedTuple, NoReturn

from app.backends.sandboxes.jail import confine, linux, runner

SCRATCH_MB = 256
_PROGRAM_ID = 1000


class Ends(NamedTuple):
    """The session's ends of its channels, as descriptors."""

    stdout: int
    stderr: int
    talk: int
    control: int


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


def run(ends: Ends, proc: int | None, seed: int) -> NoReturn:
    """The warden's whole life. `proc` is None where nothing is isolated."""
    control = socket.socket(fileno=ends.control)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    scratch = Path("/tmp") if proc is not None else Path(tempfile.mkdtemp(prefix="calm-"))
    try:
        control.send(json.dumps({"warden": True}).encode())
        if proc is not None:
            enter_namespaces(proc, inside=_PROGRAM_ID)
            os.close(proc)
        else:
            linux.prctl(linux.PR_SET_CHILD_SUBREAPER, 1)
        init = os.fork()
        if init == 0:
            _init(ends, control, scratch, seed, isolated=proc is not None)
        _guard(control, init, isolated=proc is not None)
    except OSError as problem:
        control.send(json.dumps({"failed": str(problem)}).encode())
    finally:
        if proc is None:
            shutil.rmtree(scratch, ignore_errors=True)
        os._exit(0)


def _guard(control: socket.socket, init: int, isolated: bool) -> None:
    poll = select.poll()
    watched = os.pidfd_open(init)
    poll.register(watched, select.POLLIN)
    poll.register(control, select.POLLRDHUP)
    poll.poll()
    os.kill(init, signal.SIGKILL)
    if not isolated:
        _kill_children()
    os.waitpid(init, 0)


def _kill_children() -> None:
    """Every descendant; they come to this process, a subreaper, as their parents die."""
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    while pids := [int(pid) for pid in children.read_text().split()]:
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        for pid in pids:
            os.waitpid(pid, 0)


def _init(ends: Ends, control: socket.socket, scratch: Path, seed: int, isolated: bool) -> NoReturn:
    try:
        if isolated:
            options = f"size={SCRATCH_MB}m,nr_inodes=16k,mode=1777"
            linux.mount("tmp", scratch, "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, options)
        program = os.fork()
        if program == 0:
            _program(ends, control, scratch, seed, isolated)
        linux.prctl(linux.PR_SET_DUMPABLE, 0)
        for descriptor in (ends.stdout, ends.stderr, ends.talk):
            os.close(descriptor)
        _report(control, program, everyone=-1 if isolated else program)
    except OSError as problem:
        control.send(json.dumps({"failed": str(problem)}).encode())
    finally:
        os._exit(0)


def _program(
    ends: Ends, control: socket.socket, scratch: Path, seed: int, isolated: bool
) -> NoReturn:
    """Give everything up, then execute blocks. A failure before the first shows in stderr."""
    try:
        control.close()
        confine.keep_only(ends.stdout, ends.stderr, ends.talk)
        os.chdir(scratch)
        confine.confine(SCRATCH_MB, isolated)
        runner.run(seed)
    except BaseException:
        os.write(2, traceback.format_exc().encode())
    finally:
        os._exit(70)


def _report(control: socket.socket, program: int, everyone: int) -> None:
    """Say each time the program stops, resume it on each word; at its death say how, and end."""
    while True:
        status, usage = _wait(program)
        if not os.WIFSTOPPED(status):
            break
        os.kill(everyone, signal.SIGSTOP)
        control.send(json.dumps({"stopped": True}).encode())
        if not control.recv(16):
            return
        os.kill(everyone, signal.SIGCONT)
    ended = {
        "exit": os.waitstatus_to_exitcode(status),
        "cpu": usage.ru_utime + usage.ru_stime,
    }
    control.send(json.dumps(ended).encode())


def _wait(program: int) -> tuple[int, struct_rusage]:
    """The program's next stop or its death; orphans, which come to PID 1, are only reaped."""
    while True:
        pid, status, usage = os.wait4(-1, os.WUNTRACED)
        if pid == program:
            return status, usage
