"""CPU time of this process and all that it starts, also of those that nobody waits for.

Other load on the machine does not count, only how it slows caches down. Source: perf_event_open(2):
a software counter of this process, which its later children inherit.
"""

import ctypes
import os
import platform
import struct
from collections.abc import Callable

_CALL = {"x86_64": 298, "aarch64": 241}
_SOFTWARE, _TASK_CLOCK = 1, 1
_INHERIT, _WITHOUT_THE_KERNEL = 1 << 1, 1 << 5  # the clock counts system time all the same
_SIZE = 64


def cpu_clock() -> Callable[[], float]:
    """Seconds so far; to be called before anything is started. Raises OSError where denied."""
    head = struct.pack(
        "IIQQQQQ", _SOFTWARE, _SIZE, _TASK_CLOCK, 0, 0, 0, _INHERIT | _WITHOUT_THE_KERNEL
    )
    attributes = ctypes.create_string_buffer(head, _SIZE)
    libc = ctypes.CDLL(None, use_errno=True)
    counter = int(libc.syscall(_CALL[platform.machine()], attributes, 0, -1, -1, 0))
    if counter == -1:
        raise OSError(ctypes.get_errno(), "perf_event_open was refused")
    return lambda: struct.unpack("Q", os.read(counter, 8))[0] / 1e9
