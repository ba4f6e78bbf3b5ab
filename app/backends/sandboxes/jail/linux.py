"""The system calls that Python 3.11 lacks, through ctypes.

Promise: a call that fails raises OSError with its name; nothing here decides anything.
Sources: clone(2), mount(2), mount_setattr(2), unshare(2), pivot_root(2), capset(2), prctl(2).
"""

import ctypes
import os
import platform
import signal
from contextlib import suppress
from pathlib import Path

CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000
ALL_NAMESPACES = (
    CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET
)

MS_NOSUID, MS_NODEV, MS_BIND, MS_REC, MS_PRIVATE = 2, 4, 4096, 16384, 1 << 18
MNT_DETACH = 2

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_CAPBSET_DROP = 24
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38

_AT_FDCWD, _AT_RECURSIVE = -100, 0x8000
_ATTR_RDONLY, _ATTR_NOSUID, _ATTR_NODEV = 1, 2, 4
_SYS_MOUNT_SETATTR = 442  # one number on every architecture
_SYS_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
_SYS_CLONE = {"x86_64": 56, "aarch64": 220}
_CAPABILITY_VERSION_3 = 0x20080522

libc = ctypes.CDLL(None, use_errno=True)
_with_the_gil = ctypes.PyDLL(None)


def _checked(result: int, name: str) -> None:
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def call(number: int, *arguments: object, name: str) -> int:
    result = int(libc.syscall(number, *arguments))
    _checked(result, name)
    return result


def unshare(flags: int) -> None:
    _checked(libc.unshare(flags), "unshare")


def fork(flags: int = 0) -> int:
    """Fork a process of one thread, into new namespaces where `flags` say so.

    None of what `os.fork` does about threads, locks and random numbers: nobody holds a lock here,
    and it would write to a tenth of all the pages that a session writes to. glibc does not hear
    of new namespaces, so init notes a wrong thread id for itself.
    """
    clone = _SYS_CLONE[platform.machine()], ctypes.c_long(flags | signal.SIGCHLD), 0, 0, 0, 0
    pid = int(_with_the_gil.syscall(*clone) if flags else _with_the_gil.fork())
    if pid == -1:
        raise OSError("clone: a session's processes were refused")
    return pid


def children() -> list[int]:
    """Of this process, as /proc tells; none where there is no /proc."""
    with suppress(FileNotFoundError):
        path = Path(f"/proc/self/task/{os.getpid()}/children")
        return [int(pid) for pid in path.read_text().split()]
    return []


def mount(source: str, target: Path, kind: str, flags: int, options: str = "") -> None:
    arguments = source.encode(), str(target).encode(), kind.encode()
    _checked(
        libc.mount(*arguments, ctypes.c_ulong(flags), options.encode() or None), f"mount {target}"
    )


def make_read_only(target: Path) -> None:
    """A mount and everything below it: read-only, no set-uid, no device files."""
    attributes = (ctypes.c_uint64 * 4)(_ATTR_RDONLY | _ATTR_NOSUID | _ATTR_NODEV, 0, 0, 0)
    result = libc.syscall(
        _SYS_MOUNT_SETATTR,
        _AT_FDCWD,
        str(target).encode(),
        _AT_RECURSIVE,
        attributes,
        ctypes.sizeof(attributes),
    )
    _checked(result, "mount_setattr (Linux 5.12 or newer)")


def unmount(target: Path) -> None:
    _checked(libc.umount2(str(target).encode(), MNT_DETACH), f"umount {target}")


def pivot_root(new_root: str, old_root: str) -> None:
    number = _SYS_PIVOT_ROOT[platform.machine()]
    _checked(libc.syscall(number, new_root.encode(), old_root.encode()), "pivot_root")


def prctl(option: int, value: int, pointer: object = 0) -> None:
    _checked(libc.prctl(option, ctypes.c_ulong(value), pointer, 0, 0), f"prctl {option}")


def drop_capabilities() -> None:
    """None permitted, effective, inheritable or in the bounding set."""
    for capability in range(64):
        if libc.prctl(PR_CAPBSET_DROP, ctypes.c_ulong(capability), 0, 0, 0) == -1:
            break  # past the last one that this kernel knows
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    _checked(libc.capset(header, (ctypes.c_uint32 * 6)()), "capset")


def line_buffer_stdout() -> None:
    """What C++ prints arrives line by line, in order with what Python prints."""
    stdout = ctypes.c_void_p.in_dll(libc, "stdout")
    libc.setvbuf(stdout, None, 1, 0)


def flush_c_output() -> None:
    libc.fflush(None)
