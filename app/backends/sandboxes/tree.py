"""A session's processes as the host's /proc shows them: memory, CPU time, the limit of data.

Promise: reads only what no program can forge or hide. A process that is gone counts nothing.
Source: proc_pid_status(5), proc_pid_stat(5).
"""

import os
import resource
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

_TICKS = os.sysconf("SC_CLK_TCK")
_COUNTED = ("RssAnon:", "RssShmem:", "VmSwap:")


class Usage(NamedTuple):
    """MB of anonymous and shared memory, CPU seconds."""

    memory_mb: float
    cpu_seconds: float


def descendants(pid: int, but: frozenset[int] = frozenset()) -> Iterator[int]:
    """All processes below one, without those that are named and asleep, and what is below them."""
    for child in children(pid):
        if child not in but or not _is_stopped(child):
            yield child
            yield from descendants(child, but)


def children(pid: int) -> list[int]:
    with suppress(OSError):
        tasks = os.listdir(f"/proc/{pid}/task")  # noqa: PTH208  # many a second
        listed = (_read(f"/proc/{pid}/task/{task}/children") for task in tasks)
        return [int(child) for text in listed for child in text.split()]
    return []


def threads(pid: int) -> int:
    """0 where it is gone."""
    with suppress(OSError):
        return sum(1 for _ in Path(f"/proc/{pid}/task").iterdir())
    return 0


def named(pids: Iterable[int], inside: int) -> int:
    """Which of these the session's init knows by this number. Raises ProcessLookupError."""
    for pid in pids:
        with suppress(OSError):
            lines = _read(f"/proc/{pid}/status").splitlines()
            if any(it.startswith("NSpid:") and int(it.split()[-1]) == inside for it in lines):
                return pid
    raise ProcessLookupError("its process can't be seen in /proc")


def _is_stopped(pid: int) -> bool:
    with suppress(OSError):
        return _fields(pid)[0] == "T"
    return True


def _read(path: str) -> str:
    """A file of /proc; without the buffers and decoders of `open`, for there are many."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(descriptor, 65536).decode(errors="replace")
    finally:
        os.close(descriptor)


def _fields(pid: int) -> list[str]:
    """From the state on; the name before it may hold anything and ends at `)`."""
    return _read(f"/proc/{pid}/stat").rpartition(")")[2].split()


def measure(pids: Iterator[int]) -> Usage:
    memory = cpu = 0.0
    for pid in pids:
        with suppress(OSError):
            memory += _memory_kb(pid) / 1024
            cpu += _cpu_ticks(pid) / _TICKS
    return Usage(memory, cpu)


def limit_data(pid: int, memory_mb: int) -> None:
    """Let an allocation past the limit fail in the program, where it may still be caught.

    The bound that counts is the supervisor's; this one is only kinder.
    """
    with suppress(OSError):
        own = next(_kilobytes(pid, ("VmData:",)), 0) * 1024
        _, hard = resource.prlimit(pid, resource.RLIMIT_DATA)
        resource.prlimit(pid, resource.RLIMIT_DATA, (own + memory_mb * 2**20, hard))


def _memory_kb(pid: int) -> int:
    return sum(_kilobytes(pid, _COUNTED))


def _kilobytes(pid: int, names: tuple[str, ...]) -> Iterator[int]:
    for line in _read(f"/proc/{pid}/status").splitlines():
        if line.startswith(names):
            yield int(line.split()[1])


def _cpu_ticks(pid: int) -> int:
    """Its own and its reaped children's."""
    return sum(int(field) for field in _fields(pid)[11:15])
