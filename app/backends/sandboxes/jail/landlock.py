"""What a program may reach where it has no file system of its own: a landlock domain.

Promise: afterwards this process, and all that it starts, may read and execute what it is shown,
use four devices, do in its own folder whatever needs no privilege, and open no other file. As far
as the kernel knows how, it has no TCP (ABI 4), and neither signals (ABI 6) nor abstract unix
sockets reach out of the session. Not covered by landlock, and so refused by `seccomp`: modes,
owners, times and attributes of files; other sockets. Covered by neither: whether a file is there,
how large it is and when it changed can be asked (stat).
Sources: landlock(7), Documentation/userspace-api/landlock.rst.
"""

import os
import stat
import struct
from collections.abc import Iterable
from pathlib import Path

from app.backends.sandboxes.jail import linux
from app.backends.sandboxes.jail.rootfs import DEVICES

SIGNALS_SCOPED = 6
"""The first ABI under which a program can't signal a process outside its session."""

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # one number on every architecture
_ASK_VERSION, _BENEATH = 1, 1
_EXECUTE, _WRITE, _READ, _LIST, _TRUNCATE = 1, 2, 4, 8, 1 << 14
_DEVICE_FILES = 1 << 6 | 1 << 11
_OF_A_FILE = _EXECUTE | _WRITE | _READ | _TRUNCATE
_KNOWN = {1: 1 << 13, 2: 1 << 14, 3: 1 << 15, 5: 1 << 16}
"""Every right is below this bit since that ABI: moving between folders came with 2, truncating
with 3, ioctls of devices with 5."""
_TCP, _SCOPES = 3, 3  # bind and connect; abstract unix sockets and signals


def abi() -> int:
    """The kernel's version of landlock. Raises OSError where it has none."""
    return linux.call(_CREATE, None, 0, _ASK_VERSION, name="landlock")


def restrict(shown: Iterable[str], scratch: Path) -> None:
    """Needs no_new_privs. Raises OSError where landlock can't be had."""
    version = abi()
    rights = _KNOWN[max(known for known in _KNOWN if known <= version)] - 1
    domain = struct.pack(
        "QQQ", rights, _TCP if version >= 4 else 0, _SCOPES if version >= SIGNALS_SCOPED else 0
    )
    ruleset = linux.call(_CREATE, domain, len(domain), 0, name="landlock_create_ruleset")
    for place in shown:
        _allow(ruleset, place, rights & (_EXECUTE | _READ | _LIST))
    for place in DEVICES:
        _allow(ruleset, place, rights & (_READ | _WRITE | _TRUNCATE))
    _allow(ruleset, str(scratch), rights & ~_DEVICE_FILES)
    linux.call(_RESTRICT, ruleset, 0, name="landlock_restrict_self")
    os.close(ruleset)


def _allow(ruleset: int, place: str, rights: int) -> None:
    descriptor = os.open(place, os.O_PATH)
    if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
        rights &= _OF_A_FILE
    rule = struct.pack("=Qi", rights, descriptor)
    linux.call(_ADD, ruleset, _BENEATH, rule, 0, name=f"landlock_add_rule {place}")
    os.close(descriptor)
