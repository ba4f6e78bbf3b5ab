"""More rights than a program has, and calls of the kernel that give them."""

from tests.attacks.base import REFUSED, Attack, libc_refuses

PRIVILEGES = {
    "become root": Attack("import os; os.setuid(0)", "error", "Invalid argument", REFUSED),
    "chroot": Attack("import os; os.chroot('.')", "error", "not permitted"),
    "host name": Attack("import socket; socket.sethostname('x')", "error", "not permitted"),
    "more processes": Attack(
        "import resource; resource.setrlimit(resource.RLIMIT_NPROC, (9999, 9999))",
        "error",
        "not allowed",
    ),
    "namespaces": libc_refuses("unshare(0x10000000)"),
    "a clone with namespaces": libc_refuses("syscall(56, 0x10000000 | 17, 0, 0, 0, 0)"),
    "mount": libc_refuses("mount(b'x', b'/tmp', b'tmpfs', 0, 0)"),
    "trace init": libc_refuses("ptrace(16, 1, 0, 0)"),
    "io_uring": libc_refuses("syscall(425, 1, 0)"),
    "bpf": libc_refuses("syscall(321, 0, 0, 0)"),
    "keys": libc_refuses("syscall(250, 0, -3, 0)"),
    "performance counters": libc_refuses("syscall(298, 0, 0, -1, -1, 0)"),
    "page faults": libc_refuses("syscall(323, 0)"),
    "another's descriptor": libc_refuses("syscall(438, 3, 0, 0)"),
    "32-bit calls": Attack(
        "import ctypes, mmap\ncode = mmap.mmap(-1, 4096, prot=7)\n"
        "code.write(b'\\xb8\\x14\\0\\0\\0\\xcd\\x80\\xc3')  # mov eax, 20; int 0x80; ret\n"
        "ctypes.CFUNCTYPE(int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))()\n"
        "print('ESCAPED')",
        "killed",
    ),
}
