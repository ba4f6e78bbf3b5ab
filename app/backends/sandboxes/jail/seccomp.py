"""The system calls that no solver program needs, refused by the kernel with EPERM.

A second wall behind the namespaces: ways to make or join namespaces, to mount, to trace or read
other processes and to load code into the kernel, and every socket but unix and internet ones (a
vsock reaches a virtual machine's host past any namespace; internet ones find no interface).
Sources: seccomp(2), linux/filter.h, the kernel's syscall tables.
"""

import ctypes
import platform
import struct

from app.backends.sandboxes.jail import linux

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _EPERM, _ENOSYS, _KILL = 0x7FFF0000, 0x00050001, 0x00050026, 0x80000000
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data
_FILTER_MODE = 2
_X32 = 0x40000000
_SOCKETS = (1, 2, 10)  # AF_UNIX, AF_INET, AF_INET6
_NEW_NAMESPACES = 0x7E020080  # every CLONE_NEW… flag

_MACHINES = ("x86_64", "aarch64")
_AUDIT = (0xC000003E, 0xC00000B7)
_SOCKET = (41, 198)
_CLONE = (56, 220)
_CLONE3 = 435  # its flags lie in memory that a filter can't read; libc falls back to clone
_REFUSED: dict[str, tuple[int | None, int | None]] = {  # numbers by machine
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kcmp": (312, 272),
    "pidfd_getfd": (438, 438),
    "process_madvise": (440, 440),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "quotactl": (179, 60),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "unshare": (272, 97),
    "setns": (308, 268),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "fanotify_init": (300, 262),
    "reboot": (169, 142),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "adjtimex": (159, 171),
    "acct": (163, 89),
    "syslog": (103, 116),
    "ioperm": (173, None),
    "iopl": (172, None),
    "modify_ldt": (154, None),
    "uselib": (134, None),
    "lookup_dcookie": (212, 18),
}


def install() -> None:
    """Bind this process and all that it starts, for good. Needs no_new_privs."""
    program = _program(_MACHINES.index(platform.machine()))
    count = len(program) // 8
    code = ctypes.create_string_buffer(program, len(program))
    head = ctypes.create_string_buffer(struct.pack("HxxxxxxP", count, ctypes.addressof(code)))
    linux.prctl(linux.PR_SET_SECCOMP, _FILTER_MODE, head)


def _program(machine: int) -> bytes:
    refused = [numbers[machine] for numbers in _REFUSED.values()]
    rules = [
        _do(_LOAD, _ARCHITECTURE),
        _do(_EQUAL, _AUDIT[machine], 1, 0),
        _do(_RETURN, _KILL),
        _do(_LOAD, _NUMBER),
        *_unless(_AT_LEAST, _X32, _EPERM),
        *_unless(_EQUAL, _CLONE3, _ENOSYS),
        *(rule for number in refused if number for rule in _unless(_EQUAL, number, _EPERM)),
        _do(_EQUAL, _CLONE[machine], 0, 3),
        _do(_LOAD, _FIRST_ARGUMENT),
        *_unless(_ANY_BIT, _NEW_NAMESPACES, _EPERM),
        _do(_LOAD, _NUMBER),
        _do(_EQUAL, _SOCKET[machine], 1, 0),
        _do(_RETURN, _ALLOW),
        _do(_LOAD, _FIRST_ARGUMENT),
        *(_do(_EQUAL, kind, len(_SOCKETS) - place, 0) for place, kind in enumerate(_SOCKETS)),
        _do(_RETURN, _EPERM),
        _do(_RETURN, _ALLOW),
    ]
    return b"".join(rules)


def _do(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)


def _unless(test: int, value: int, answer: int) -> tuple[bytes, bytes]:
    return _do(test, value, 0, 1), _do(_RETURN, answer)
