"""A session's processes: an init that no program can reach, and the program below it.

With namespaces init is PID 1 of its own: all die with it. Without, the session's processes are
process groups, which the filter lets none leave, and their orphans come to init. Should the host
kill that, they come to the fork-server (`zygote`), which ends them.

Init forks the program first of all and leaves it whatever has to be prepared: every page that one
of them writes to is copied, and those that were written to before the fork are copied again.
"""

import json
import os
import signal
import socket
import traceback
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
    """What the fork-server is in: its level, the host's /proc where that is full, what of the file
    system programs are shown, and how many tasks its user has."""

    level: str
    proc: int | None
    shown: list[str]
    tasks: int = 0


class Plan(NamedTuple):
    """What a session is made of; `folder` is where its program stands."""

    ends: Ends
    jail: Jail
    folder: Path
    seed: int


def enter_namespaces(proc: int) -> None:
    """Fresh namespaces of every kind, as their root."""
    uid, gid = os.geteuid(), os.getegid()
    linux.unshare(linux.ALL_NAMESPACES)
    _map_ids(proc, 0, uid, gid)


def start(plan: Plan, server: socket.socket) -> int:
    """Begin a session; the id of its init. What fails in it is told on its control channel.

    Raises OSError where it can't be forked.
    """
    uid, gid = os.geteuid(), os.getegid()
    if init := linux.fork(0 if plan.jail.proc is None else linux.ALL_NAMESPACES):
        return init
    failed = 1
    try:
        os.setsid()
        program = linux.fork()
        if program == 0:
            _program(plan, uid, gid)
        server.close()
        _init(plan, program)
        failed = 0
    except OSError as problem:
        os.write(plan.ends.control, json.dumps({"failed": str(problem)}).encode())
    finally:
        os._exit(failed)


def _init(plan: Plan, program: int) -> None:
    os.setpgid(program, program)
    linux.prctl(linux.PR_SET_DUMPABLE, 0)
    for descriptor in (plan.ends.stdout, plan.ends.stderr, plan.ends.talk):
        os.close(descriptor)
    alone = plan.jail.proc is not None
    init = Init(socket.socket(fileno=plan.ends.control), program, plan.folder, alone)
    if not alone:
        linux.prctl(linux.PR_SET_CHILD_SUBREAPER, 1)
        _end_with_the_server(init)
    init.serve()


def _end_with_the_server(init: Init) -> None:
    """As a PID namespace would see to it."""

    def end(*_: object) -> NoReturn:
        init.end()
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGTERM)


def _program(plan: Plan, uid: int, gid: int) -> NoReturn:
    """Give everything up, then execute blocks. A failure before the first shows in stderr."""
    ends, jail, folder = plan.ends, plan.jail, plan.folder
    try:
        os.setpgid(0, 0)
        if jail.proc is not None:
            _map_ids(jail.proc, _PROGRAM_ID, uid, gid)
            linux.mount("tmp", folder, "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, _SIZE)
        confine.keep_only(ends.stdout, ends.stderr, ends.talk)
        os.chdir(folder)
        confine.limit()
        if jail.level == "full":
            confine.behind_namespaces()
        elif jail.level == "landlock":
            linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
            confine.behind_landlock(jail.shown, folder, jail.tasks)
        runner.run(plan.seed)
    except BaseException:
        os.write(2, traceback.format_exc().encode())
    finally:
        os._exit(70)


_SIZE = f"size={scratch.SCRATCH_MB}m,nr_inodes=16k,mode=1777"


def _map_ids(proc: int, inside: int, uid: int, gid: int) -> None:
    _write(proc, "setgroups", "deny")
    _write(proc, "uid_map", f"{inside} {uid} 1")
    _write(proc, "gid_map", f"{inside} {gid} 1")


def _write(proc: int, name: str, text: str) -> None:
    descriptor = os.open(f"self/{name}", os.O_WRONLY, dir_fd=proc)
    os.write(descriptor, text.encode())
    os.close(descriptor)
