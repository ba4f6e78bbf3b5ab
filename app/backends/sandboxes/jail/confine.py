"""What a program's process gives up before its first line runs.

Promise: afterwards it holds four descriptors, no capability, no way to gain one, and bounded
processes, files and core dumps. Wall time, memory and output are the supervisor's, outside.
"""

import os
import resource

from app.backends.sandboxes.jail import linux, seccomp

TALK = 3
"""The descriptor on which blocks come in and claims go out."""

_PROCESSES = 64
_DESCRIPTORS = 256


def keep_only(stdout: int, stderr: int, talk: int) -> None:
    """Put the three in their places, nothing in stdin, and close everything else."""
    first = max(stdout, stderr, talk, 16) + 1
    ends = [os.open("/dev/null", os.O_RDONLY), stdout, stderr, talk]
    high = [os.dup2(end, first + place) for place, end in enumerate(ends)]
    for place, end in enumerate(high):
        os.dup2(end, place)
    os.closerange(TALK + 1, os.sysconf("SC_OPEN_MAX"))


def confine(file_mb: int, isolated: bool) -> None:
    """Limits, and where the session is isolated, privileges and system calls."""
    for limit, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, _DESCRIPTORS),
        (resource.RLIMIT_FSIZE, file_mb * 2**20),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
    ):
        resource.setrlimit(limit, (value, value))
    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
    if isolated:  # else the count would be of every process of this user
        resource.setrlimit(resource.RLIMIT_NPROC, (_PROCESSES, _PROCESSES))
        linux.drop_capabilities()
        seccomp.install()
