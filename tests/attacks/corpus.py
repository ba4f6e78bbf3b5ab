"""Programs that try to leave the sandbox, to stay in it, or to lie about it.

Each prints `ESCAPED` where it reached what it must not; beside it is what it must come to instead,
at level full and, where that differs, at level landlock. `HOST` stands for a folder outside in
which everybody may write, `VICTIM` for the id of a process outside.
"""

from pathlib import Path
from typing import NamedTuple

from app.core.execution import Level, Status


class Outcome(NamedTuple):
    status: Status
    output: str = ""


class Attack(NamedTuple):
    """A program, its status, and words that its output holds."""

    code: str
    status: Status = "ok"
    output: str = ""
    landlock: Outcome | None = None

    def expected(self, level: Level) -> Outcome:
        full = Outcome(self.status, self.output)
        return self.landlock or full if level == "landlock" else full


DENIED = Outcome("error", "Permission denied")
REFUSED = Outcome("error", "not permitted")


def reaches(code: str) -> Attack:
    """For a file outside: full does not show it, landlock does not open it."""
    return Attack(f"import os\n{code}\nprint('ESCAPED')", "error", "No such file", DENIED)


def changes(code: str) -> Attack:
    """For attributes outside, which landlock does not cover: the filter refuses."""
    return Attack(f"import os\n{code}\nprint('ESCAPED')", "error", "No such file", REFUSED)


def libc_refuses(call: str) -> Attack:
    return Attack(libc(call), output="1\n")


def signals(call: str) -> Attack:
    """For a process outside: full does not see it."""
    return Attack(libc(call), output="3\n", landlock=Outcome("ok", "1\n"))


def libc(call: str) -> str:
    return (
        "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        f"print('ESCAPED' if libc.{call} >= 0 else ctypes.get_errno())"
    )


FILES = {
    "shadow": reaches("open('/etc/shadow')"),
    "own environment": reaches("open('/proc/self/environ')"),
    "another's environment": reaches("open('/proc/VICTIM/environ')"),
    "init's memory": reaches("open('/proc/1/mem')"),
    "kernel settings": reaches("open('/sys/kernel/notes')"),
    "a relative way out": reaches("open('../../../../../../etc/hostname')"),
    "this file": reaches(f"open({str(Path(__file__).resolve())!r})"),
    "a file of everybody": reaches("open('HOST/file').read()"),
    "through a link": reaches("os.symlink('HOST/file', 'link')\nopen('link')"),
    "through a folder held open": reaches(
        "folder = os.open('HOST', os.O_PATH)\nos.open('file', os.O_RDONLY, dir_fd=folder)"
    ),
    "listing": reaches("os.listdir('HOST')"),
    "appending": reaches("open('HOST/file', 'a')"),
    "creating": reaches("open('HOST/new', 'w')"),
    "a folder there": reaches("os.mkdir('HOST/new')"),
    "a pipe there": reaches("os.mkfifo('HOST/new')"),
    "deleting": reaches("os.unlink('HOST/file')"),
    "moving in": Attack(
        "import os\nopen('a', 'w')\nos.rename('a', 'HOST/new')", "error", "No such", DENIED
    ),
    "moving out": reaches("os.rename('HOST/file', 'mine')"),
    "a second name": Attack(
        "import os\nos.link('HOST/file', 'mine')",
        "error",
        "No such file",
        Outcome("error", "cross-device"),
    ),
    "a shell": reaches("os.execv('/bin/sh', ['sh', '-c', 'echo ESCAPED'])"),
    "truncating": changes("os.truncate('HOST/file', 0)"),
    "truncating while reading": changes("os.open('HOST/file', os.O_RDONLY | os.O_TRUNC)"),
    "truncating without access": changes("os.open('HOST/file', 3 | os.O_TRUNC)"),
    "its mode": Attack(
        "import os\nos.chmod('HOST/file', 0)", "error", "No such file", Outcome("ok")
    ),
    "its time": Attack(
        "import os\nos.utime('HOST/file', (1, 1))", "error", "No such file", Outcome("ok")
    ),
    "its owner": changes("os.chown('HOST/file', 1, 1)"),
    "its attributes": changes("os.setxattr('HOST/file', 'user.x', b'x')"),
    "its flags": Attack(
        "import fcntl\nimport numpy\nfcntl.ioctl(open(numpy.__file__), 0x40086602, b'\\0' * 8)",
        "error",
        "Read-only",
        Outcome("error", "Inappropriate ioctl"),
    ),
    "watching it": Attack(
        libc("inotify_add_watch(libc.inotify_init(), b'HOST', 4095)"),
        output="2\n",
        landlock=Outcome("ok", "1\n"),
    ),
    "whether it is there": Attack(
        "import os\nprint(os.path.exists('HOST/file'))", "ok", "False", Outcome("ok", "True")
    ),
    "the whole root": Attack(
        "import os\nseen = set(os.listdir('/')) & {'proc', 'sys', 'home', 'var', 'run', 'bin'}\n"
        "print('ESCAPED' if seen else 'nothing')",
        output="nothing",
        landlock=DENIED,
    ),
    "any database": Attack(
        "import os\nfor folder, inside, files in os.walk('/'):\n"
        "  inside[:] = [name for name in inside if name not in ('usr', 'lib')]\n"
        "  for file in (f for f in files if f.endswith(('.db', '.sqlite', '.sqlite3'))):\n"
        "    try: head = open(os.path.join(folder, file), 'rb').read(15)\n"
        "    except OSError: continue\n"
        "    if head == b'SQLite format 3': print('ESCAPED', folder, file)\n",
    ),
    "writing to packages": Attack(
        "import numpy\nopen(numpy.__path__[0] + '/../x', 'w')", "error", "Read-only", DENIED
    ),
    "writing to the root": Attack("open('/x', 'w')", "error", "Read-only", DENIED),
    "a device of its own": Attack(
        "import os, stat\nos.mknod('disk', stat.S_IFBLK | 0o666, os.makedev(8, 0))",
        "error",
        "not permitted",
        DENIED,
    ),
    "an inherited descriptor": Attack(
        "import os\nopen_ones = []\nfor n in range(4, 1024):\n"
        "    try: os.fstat(n)\n    except OSError: continue\n    open_ones.append(n)\n"
        "print('ESCAPED' if open_ones else 'none')",
        output="none",
    ),
    "another's memory file": Attack("open('/dev/shm/calm-attack', 'w')", "ok", landlock=DENIED),
}
NETWORK = {
    "internet": Attack(
        "import socket; socket.create_connection(('192.0.2.1', 80), 1)",
        "error",
        "unreachable",
        REFUSED,
    ),
    "udp": Attack(
        "import socket; socket.socket(2, 2).sendto(b'x', ('192.0.2.1', 53))",
        "error",
        "unreachable",
        REFUSED,
    ),
    "internet 6": Attack(
        "import socket; socket.socket(10, 1).connect(('2001:db8::1', 80))",
        "error",
        "Errno",
        REFUSED,
    ),
    "names": Attack("import socket; socket.gethostbyname('example.org')", "error"),
    "a vsock to the host": Attack("import socket; socket.socket(40, 1)", "error", "not permitted"),
    "netlink": Attack("import socket; socket.socket(16, 3)", "error", "not permitted"),
    "raw packets": Attack("import socket; socket.socket(2, 3, 1)", "error", "not permitted"),
    "a server's socket": Attack(
        "import socket; socket.socket(socket.AF_UNIX).connect('HOST/server')",
        "error",
        "No such file",
        REFUSED,
    ),
    "a log's socket": Attack(
        "import socket\na, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)\n"
        "a.sendto(b'x', 'HOST/log')\nprint('ESCAPED')",
        "error",
        "No such file",
        REFUSED,
    ),
    "an abstract socket": Attack(
        "import socket; socket.socket(socket.AF_UNIX).connect(chr(0) + 'calm-attack')",
        "error",
        "refused",
        REFUSED,
    ),
}
PRIVILEGE = {
    "environment": Attack(
        "import os\nprint(*sorted(os.environ))",
        output="HOME LANG OMP_NUM_THREADS OPENBLAS_NUM_THREADS PATH PYTHONHASHSEED PYTHONPATH"
        " TMPDIR\n",
    ),
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
PROCESSES = {
    "kill init": Attack(
        "import os; os.kill(1, 9); print('alive')", output="alive", landlock=REFUSED
    ),
    "kill its init": Attack(
        "import os\nfor _ in range(9):\n  try: os.kill(os.getppid(), 9)\n  except OSError: pass\n"
        "print('alive')",
        output="alive",
    ),
    "kill everybody": Attack(
        "import os\nos.kill(-1, 9)", "error", "No such process", Outcome("ok")
    ),
    "stop init": Attack(
        "import os; os.kill(1, 19); print('alive')", output="alive", landlock=REFUSED
    ),
    "kill a process outside": signals("kill(VICTIM, 9)"),
    "kill a thread outside": signals("syscall(234, VICTIM, VICTIM, 9)"),
    "kill its group": signals("kill(-VICTIM, 9)"),
    "kill by descriptor": Attack(
        "import os, signal\nsignal.pidfd_send_signal(os.pidfd_open(VICTIM), 9)",
        "error",
        "No such process",
        REFUSED,
    ),
    "kill by the owner of a pipe": Attack(
        "import fcntl, os\na, b = os.pipe()\nfcntl.fcntl(a, fcntl.F_SETOWN, VICTIM)",
        "error",
        "No such process",
        REFUSED,
    ),
    "its priority": signals("setpriority(0, VICTIM, 19)"),
    "its cores": signals("sched_setaffinity(VICTIM, 8, b'\\1' + bytes(7))"),
    "its limits": signals("prlimit(VICTIM, 7, bytes(16), 0)"),
    "its memory": libc_refuses("process_vm_readv(VICTIM, 0, 0, 0, 0, 0)"),
    "fork bomb": Attack(
        "import os\nwhile True:\n  try: os.fork()\n  except OSError: pass", "memory"
    ),
    "five hundred threads": Attack(
        "import threading, time\nthreading.stack_size(65536)\nheld = 0\nfor _ in range(500):\n"
        "  try: threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
        "  except RuntimeError: held += 1\n"
        "print('held' if held > 200 else 'ESCAPED')",
        output="held",
    ),
    "daemon": Attack(
        "import os, time\nif os.fork() == 0:\n  os.setsid()\n  if os.fork() == 0: time.sleep(999)\n"
        "  os._exit(0)"
    ),
    "a group of its own": Attack(
        "import os, time\nfor _ in range(9):\n  if os.fork() == 0:\n    os.setpgid(0, 0)\n"
        "    time.sleep(999)"
    ),
    "a lineage that never rests": Attack(
        "import os, time\nif os.fork() == 0:\n  while True:\n    os.setsid()\n"
        "    if os.fork(): os._exit(0)\ntime.sleep(0.3)"
    ),
    "a subreaper": Attack(
        "import ctypes, os, time\nif os.fork() == 0:\n  ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)\n"
        "  if os.fork() == 0:\n    if os.fork(): os._exit(0)\n  while True: pass\ntime.sleep(0.3)"
    ),
    "deaf to signals": Attack(
        "import signal\nfor n in range(1, 32):\n  try: signal.signal(n, signal.SIG_IGN)\n"
        "  except OSError: pass\nwhile True: pass",
        "timeout",
    ),
    "a child that outlives its parent": Attack(
        "import os\nif os.fork():\n  os._exit(0)\nwhile True: pass", "early_exit"
    ),
}
RESOURCES = {
    "memory in children": Attack(
        "import os, time\nfor _ in range(8):\n  if os.fork() == 0:\n"
        "    a = bytearray(b'x' * 10**8); time.sleep(60)\ntime.sleep(60)",
        "memory",
    ),
    "shared memory": Attack(
        "import mmap\na = mmap.mmap(-1, 2**32)\nfor i in range(0, 2**32, 4096): a[i] = 1", "memory"
    ),
    "memory without an address": Attack(
        "import os\nos.write(os.memfd_create('x'), b'x' * 10**9)", "error", "not permitted"
    ),
    "System V memory": Attack(
        "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        "libc.shmget(0x43414c4d, 2**20, 0o1666)\nprint(ctypes.get_errno())",
        landlock=Outcome("ok", "1\n"),
    ),
    "its own limit raised": Attack(
        "import resource\nresource.setrlimit(resource.RLIMIT_DATA, (-1, -1))\n"
        "a = []\nwhile True: a.append(bytearray(b'x' * 10**7))",
        "memory",
    ),
    "one large file": Attack("f = open('a', 'wb')\nwhile True: f.write(b'x' * 10**6)", "error"),
    "large files": Attack(
        "import os\nfor n in range(9): os.posix_fallocate(os.open(str(n), 66), 0, 2**27)\n"
        "while True: pass",
        "error",
        "No space left",
        Outcome("output_limit"),
    ),
    "many files in a folder that can't be listed": Attack(
        "import itertools, os\nos.mkdir('a', 0o300)\n"
        "for n in itertools.count(): os.close(os.open(f'a/{n}', os.O_CREAT))",
        "error",
        "No space left",
        Outcome("output_limit"),
    ),
    "many files": Attack(
        "import itertools, os\nfor n in itertools.count(): os.close(os.open(str(n), os.O_CREAT))",
        "error",
        "No space left",
        Outcome("output_limit"),
    ),
    "descriptors": Attack("a = []\nwhile True: a.append(open('/dev/null'))", "error", "Too many"),
    "flood": Attack("while True: print('x' * 4096)", "output_limit"),
    "flood of claims": Attack("import os\nwhile True: os.write(3, b'{}\\n' * 20000)", "timeout"),
    "one endless claim": Attack("import os\nwhile True: os.write(3, b'x' * 65536)", "timeout"),
}
PERSISTENCE = {
    "a deep folder": Attack(
        "import os\nfor _ in range(3000):\n  os.mkdir('x' * 200)\n  os.chdir('x' * 200)",
        landlock=Outcome("output_limit"),
    ),
    "folders that can't be entered": Attack(
        "import os\nos.mkdir('a', 0)\nos.mkdir('b')\nos.mkdir('b/c', 0)\nopen('b/d', 'w')"
    ),
    "odd names": Attack(
        "import os\nfor name in (b'\\n', b'\\xff', b'-rf', b'*'): os.mkdir(name)\n"
        "os.symlink('..', 'l')"
    ),
    "its folder gone": Attack(
        "import os\nos.mkdir('a')\nos.chdir('a')\nos.rmdir('../a')\nos.chdir('/')"
    ),
    "an orphan that writes": Attack(
        "import os, time\nhere = os.getcwd()\nif os.fork() == 0:\n  while True:\n"
        "    try:\n      os.makedirs(here + '/x', exist_ok=True)\n      open(here + '/x/y', 'w')\n"
        "    except OSError: pass\ntime.sleep(0.2)"
    ),
}
FORGERY = {
    "an end": Attack("import os\nos.write(3, b'{\"end\": null}\\n')\n1 / 0", "error"),
    "an end and a stop": Attack(
        "import os\nos.write(3, b'{\"end\": null}\\n')\nos.kill(os.getpid(), 19)\nprint('ESCAPED')"
    ),
    "a pickle": Attack(
        "import os, pickle\nclass E:\n  def __reduce__(self): return os.system, ('touch /tmp/E',)\n"
        "os.write(3, pickle.dumps(E()) + b'\\n')"
    ),
    "a deep claim": Attack("import os\nos.write(3, b'[' * 60000 + b'\\n')"),
    "an exception like no other": Attack(
        "class E(BaseException):\n  def __str__(self): raise ValueError\n"
        "E.__name__ = 'x' * 10**6\nraise E",
        "error",
    ),
    "a replaced interpreter": Attack(
        "import builtins, json, sys\nbuiltins.compile = builtins.exec = json.dumps = None",
        "early_exit",
    ),
}
HONEST = {
    "threads": Attack(
        "from concurrent.futures import ThreadPoolExecutor\n"
        "print(sum(ThreadPoolExecutor(8).map(abs, range(-9, 0))))",
        output="45\n",
    ),
    "processes": Attack(
        "import multiprocessing as m\na, b = m.Pipe()\n"
        "m.Process(target=b.send, args=(6,)).start()\nprint(a.recv())",
        output="6\n",
    ),
    "a pool of processes": Attack(
        "import multiprocessing as m\nprint(m.Pool(2).map(abs, [-6]))",
        output="[6]",
        landlock=DENIED,
    ),
    "another interpreter": Attack(
        "import subprocess, sys\n"
        "print(subprocess.run([sys.executable, '-c', 'import numpy; print(numpy.arange(3))'],"
        " capture_output=True, text=True, start_new_session=True).stdout)",
        output="[0 1 2]",
    ),
    "a child that is ended": Attack(
        "import subprocess, sys\n"
        "p = subprocess.Popen([sys.executable, '-c', 'input()'], stdin=-1)\n"
        "p.kill()\nprint(p.wait())",
        output="-9\n",
    ),
    "copies of files": Attack(
        "import os, shutil, tempfile\nwith tempfile.TemporaryDirectory() as folder:\n"
        "  open(folder + '/é', 'w').write('x')\n  shutil.copy2(folder + '/é', 'b')\n"
        "  shutil.move(folder + '/é', 'c')\nprint(sorted(os.listdir('.')))",
        output="['b', 'c']",
    ),
    "asyncio": Attack(
        "import asyncio\nasync def f(): await asyncio.sleep(0.01); return 7\n"
        "print(asyncio.run(f()))",
        output="7\n",
    ),
}
CORPUS = {
    f"{kind}: {name}": attack
    for kind, attacks in {
        "files": FILES,
        "network": NETWORK,
        "privilege": PRIVILEGE,
        "processes": PROCESSES,
        "resources": RESOURCES,
        "persistence": PERSISTENCE,
        "forgery": FORGERY,
        "honest": HONEST,
    }.items()
    for name, attack in attacks.items()
}
