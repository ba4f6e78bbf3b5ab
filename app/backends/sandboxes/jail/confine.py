"""What a program's process gives up before its first line runs.

Promise: afterwards it holds four descriptors, no capability, no way to gain one, and bounded
processes, files and core dumps. Wall time, memory and output are the supervisor's, outside.
"""

import os
import resource
from contextlib import suppress
from pathlib import Path

from app.backends.sandboxes.jail import landlock, linux, seccomp
from app.backends.sandboxes.jail.scratch import SCRATCH_MB

TALK = 3
"""The descriptor on which blocks come in and claims go out."""

_PROCESSES = 64
_MORE_PROCESSES = 256
_DESCRIPTORS = 256


def keep_only(stdout: int, stderr: int, talk: int) -> None:
    """Put the three in their places, nothing in stdin, and close everything else."""
    first = max(stdout, stderr, talk, 16) + 1
    ends = [os.open("/dev/null", os.O_RDONLY), stdout, stderr, talk]
    high = [os.dup2(end, first + place) for place, end in enumerate(ends)]
    for place, end in enumerate(high):
        os.dup2(end, place)
    os.closerange(TALK + 1, os.sysconf("SC_OPEN_MAX"))


def limit() -> None:
    """What holds at every level."""
    for kind, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, _DESCRIPTORS),
        (resource.RLIMIT_FSIZE, SCRATCH_MB * 2**20),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
    ):
        resource.setrlimit(kind, (value, value))
    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)


def behind_namespaces() -> None:
    _limit_processes(_PROCESSES)
    linux.drop_capabilities()
    seccomp.install()


def behind_landlock(shown: list[str], scratch: Path, tasks: int) -> None:
    """`tasks` are those that its user has already."""
    _limit_processes(tasks + _MORE_PROCESSES)
    linux.drop_capabilities()
    landlock.restrict(shown, scratch)
    seccomp.install_alone(signals_are_scoped=landlock.abi() >= landlock.SIGNALS_SCOPED)


def _limit_processes(count: int) -> None:
    resource.setrlimit(resource.RLIMIT_NPROC, (count, count))


def tasks_of_this_user() -> int:
    """The kernel counts them all, where no namespace of users makes the count a session's own.

    A task folder has a link for each thread, beside its own two.
    """
    tasks = 0
    for name in filter(str.isdigit, os.listdir("/proc")):  # noqa: PTH208  # there are many
        with suppress(OSError):  # it has ended
            seen = os.stat(f"/proc/{name}/task")  # noqa: PTH116
            tasks += seen.st_nlink - 2 if seen.st_uid == os.getuid() else 0
    return tasks
