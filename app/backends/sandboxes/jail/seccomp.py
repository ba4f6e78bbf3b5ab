"""The filter of system calls: what no solver program needs is refused with EPERM.

Promise: once installed it binds this process and all that it starts, for good. What is refused
stands in `syscalls`; here are the rules that look at an argument, and the making of the filter.
Sockets of other kinds than unix and internet are refused everywhere (a vsock reaches a virtual
machine's host past any namespace; internet ones find no interface there).
Sources: seccomp(2), linux/filter.h.
"""

import ctypes
import os
import platform
import struct
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import chain

from app.backends.sandboxes.jail import linux, syscalls
from app.backends.sandboxes.jail.syscalls import Numbers

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _AND, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_DONE, _EPERM, _ENOTTY, _ENOSYS = _ERRNO, _ERRNO | 1, _ERRNO | 25, _ERRNO | 38
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data
_FILTER_MODE = 2
_AUDIT = (0xC000003E, 0xC00000B7)
_X32 = 0x40000000

_NEW_NAMESPACES = 0x7E020080  # every CLONE_NEW… flag
_UNIX, _INTERNET, _INTERNET_6 = 1, 2, 10
_TYPE, _STREAM = 0xF, 1
_TRUNCATE, _ACCESS = 0o1000, 0o3
_HARMLESS_IOCTLS = (0x541B, 0x5421, 0x5450, 0x5451)  # FIONREAD, FIONBIO, FIONCLEX, FIOCLEX
_OWNER_AND_LEASE = (8, 10, 15, 1024, 1026)  # F_SETOWN, SETSIG, SETOWN_EX, SETLEASE, NOTIFY

Rules = Iterable[bytes]


def install() -> None:
    """Behind namespaces. Needs no_new_privs, as the other does."""
    _install(behind_namespaces())


def install_alone(signals_are_scoped: bool) -> None:
    """Behind landlock alone. Where that does not scope signals, a process may signal but itself."""
    _install(behind_landlock(0 if signals_are_scoped else os.getpid()))


@cache
def behind_namespaces() -> bytes:
    """The filter. It takes long to make, so the fork-server has made it before a session needs it;
    so too the other."""
    return _filter(
        _each(syscalls.GROUPS, _DONE),
        _when(syscalls.SOCKET, 0, _only((_UNIX, _INTERNET, _INTERNET_6))),
    )


@cache
def behind_landlock(only_to: int = 0) -> bytes:
    """`only_to` is the one process that may be signalled; 0 where landlock sees to it."""
    return _filter(
        _each(syscalls.ALONE, _EPERM),
        _each(syscalls.GROUPS | syscalls.PRETENDED, _DONE),
        _alone(),
        _only_to(only_to) if only_to else (),
    )


def _alone() -> Rules:
    """No sockets but pairs; no file truncated that is opened for reading; no other's limits."""
    truncating = _TRUNCATE, _TRUNCATE | _ACCESS
    keep = [_do(_AND, _TRUNCATE | _ACCESS), *chain(*(_if(_EQUAL, it, _EPERM) for it in truncating))]
    return chain(
        _when(syscalls.SOCKET, 0, _only(())),
        _when(syscalls.SOCKETPAIR, 1, [_do(_AND, _TYPE), *_only((_STREAM,))]),
        _when(syscalls.IOCTL, 1, _only(_HARMLESS_IOCTLS, _ENOTTY)),
        _when(syscalls.FCNTL, 1, chain(*(_if(_EQUAL, it, _EPERM) for it in _OWNER_AND_LEASE))),
        _when(syscalls.OPEN, 1, keep),
        _when(syscalls.OPENAT, 2, keep),
        _when(syscalls.PRLIMIT, 0, _only((0,))),
    )


def _only_to(pid: int) -> Rules:
    calls = (_when(numbers, 0, _only((pid,))) for numbers in syscalls.SIGNALS.values())
    return chain(*calls, _each({"pidfd_send_signal": syscalls.PIDFD_SEND_SIGNAL}, _EPERM))


def _filter(*more: Rules) -> bytes:
    return b"".join(
        chain(
            [_do(_LOAD, _ARCHITECTURE), _do(_EQUAL, _AUDIT[_machine()], 1, 0), _do(_RETURN, _KILL)],
            [_do(_LOAD, _NUMBER)],
            _if(_AT_LEAST, _X32, _EPERM),
            _each(syscalls.UNREADABLE, _ENOSYS),
            _each(syscalls.ALWAYS, _EPERM),
            _when(syscalls.CLONE, 0, _if(_ANY_BIT, _NEW_NAMESPACES, _EPERM)),
            *more,
            [_do(_RETURN, _ALLOW)],
        )
    )


def _install(program: bytes) -> None:
    code = ctypes.create_string_buffer(program, len(program))
    head = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(code))
    linux.prctl(linux.PR_SET_SECCOMP, _FILTER_MODE, ctypes.create_string_buffer(head, len(head)))


def _machine() -> int:
    return syscalls.MACHINES.index(platform.machine())


def _each(table: Mapping[str, Numbers], answer: int) -> Rules:
    numbers = (numbers[_machine()] for numbers in table.values())
    return chain(*(_if(_EQUAL, number, answer) for number in numbers if number is not None))


def _when(numbers: Numbers, argument: int, rules: Rules) -> Rules:
    """For this call alone: rules on the low word of an argument, which is all the kernel reads."""
    number = numbers[_machine()]
    if number is None:
        return ()
    body = [_do(_LOAD, _ARGUMENTS + 8 * argument), *rules, _do(_LOAD, _NUMBER)]
    return [_do(_EQUAL, number, 0, len(body)), *body]


def _only(values: tuple[int, ...], answer: int = _EPERM) -> Rules:
    passing = (_do(_EQUAL, value, len(values) - n, 0) for n, value in enumerate(values))
    return [*passing, _do(_RETURN, answer)]


def _if(test: int, value: int, answer: int) -> Rules:
    return [_do(test, value, 0, 1), _do(_RETURN, answer)]


def _do(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)
