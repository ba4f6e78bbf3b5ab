"""A session's processes as the host's /proc shows them: memory, CPU time, the limit of data.

Promise: reads only what no program can forge or hide. A process that is gone counts nothing.
Source: proc_pid_status(5), proc_pid_stat(5).
"""

import os
import resource
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

_TICKS = os.sysconf("SC_CLK_TCK")
_COUNTED = ("RssAnon:", "RssShmem:", "VmSwap:")


class Usage(NamedTuple):
    """MB of anonymous and shared memory, CPU seconds."""

    memory_mb: float
    cpu_seconds: float


def descendants(pid: int) -> Iterator[int]:
    for child in _children(pid):
        yield child
        yield from descendants(child)


def _children(pid: int) -> list[int]:
    with suppress(OSError):
        tasks = Path(f"/proc/{pid}/task").iterdir()
        return [int(child) for task in tasks for child in (task / "children").read_text().split()]
    return []


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
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(names):
            yield int(line.split()[1])


def _cpu_ticks(pid: int) -> int:
    """Its own and its reaped children's; the name, which may hold anything, ends at `)`."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(field) for field in fields[11:15])
