"""Programs that try to leave the sandbox, to stay in it, or to lie about it.

Each prints `ESCAPED` where it reached what it must not; the text that it must leave instead is
beside it. After each the host is as it was, nothing survives, and the next run works.
"""

import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest

from app.backends.sandboxes.forkserver import ForkServer, open_sandbox
from app.core.execution import Limits, Status

pytestmark = pytest.mark.attacks

LIMITS = Limits(wall_seconds=3, memory_mb=512)


class Attack(NamedTuple):
    """A program, its status, and words that its output holds."""

    code: str
    status: Status = "ok"
    output: str = ""


def reads(path: str) -> Attack:
    return Attack(f"open({path!r}).read(); print('ESCAPED')", "error", "No such file")


def libc_refuses(call: str) -> Attack:
    return Attack(
        "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        f"print('ESCAPED' if libc.{call} >= 0 else ctypes.get_errno())",
        output="1\n",
    )


FILES = {
    "shadow": reads("/etc/shadow"),
    "own environment": reads("/proc/self/environ"),
    "init's memory": reads("/proc/1/mem"),
    "kernel settings": reads("/sys/kernel/notes"),
    "a relative way out": reads("../../../../../../etc/hostname"),
    "this file": reads(str(Path(__file__).resolve())),
    "home": Attack(
        f"import os\nprint(os.path.exists('{Path.home()}/.bashrc'), os.listdir('/tmp'))",
        output="False []",
    ),
    "the whole root": Attack(
        "import os\nseen = set(os.listdir('/')) & {'proc', 'sys', 'home', 'var', 'run', 'bin'}\n"
        "print('ESCAPED' if seen else 'nothing')",
        output="nothing",
    ),
    "any database": Attack(
        "import os\nfor folder, _, files in os.walk('/'):\n"
        "  for file in (f for f in files if f.endswith(('.db', '.sqlite', '.sqlite3'))):\n"
        "    try: head = open(os.path.join(folder, file), 'rb').read(15)\n"
        "    except OSError: continue\n"
        "    if head == b'SQLite format 3': print('ESCAPED', folder, file)\n",
    ),
    "writing to packages": Attack("open('/packages/0/x', 'w')", "error", "Read-only"),
    "writing to the root": Attack("open('/x', 'w')", "error", "Read-only"),
    "a device of its own": Attack(
        "import os, stat\nos.mknod('/tmp/disk', stat.S_IFBLK | 0o666, os.makedev(8, 0))",
        "error",
        "not permitted",
    ),
    "an inherited descriptor": Attack(
        "import os\nopen_ones = []\nfor n in range(4, 1024):\n"
        "    try: os.fstat(n)\n    except OSError: continue\n    open_ones.append(n)\n"
        "print('ESCAPED' if open_ones else 'none')",
        output="none",
    ),
}
NETWORK = {
    "internet": Attack(
        "import socket; socket.create_connection(('192.0.2.1', 80), 1)", "error", "unreachable"
    ),
    "udp": Attack(
        "import socket; socket.socket(2, 2).sendto(b'x', ('192.0.2.1', 53))",
        "error",
        "unreachable",
    ),
    "names": Attack("import socket; socket.gethostbyname('example.org')", "error"),
    "a vsock to the host": Attack("import socket; socket.socket(40, 1)", "error", "not permitted"),
    "netlink": Attack("import socket; socket.socket(16, 3)", "error", "not permitted"),
    "raw packets": Attack("import socket; socket.socket(2, 3, 1)", "error", "not permitted"),
}
PRIVILEGE = {
    "environment": Attack(
        "import os\nprint(*sorted(os.environ))",
        output="HOME LANG OMP_NUM_THREADS OPENBLAS_NUM_THREADS PATH PYTHONHASHSEED PYTHONPATH"
        " TMPDIR\n",
    ),
    "become root": Attack("import os; os.setuid(0)", "error", "Invalid argument"),
    "chroot": Attack("import os; os.chroot('/tmp')", "error", "not permitted"),
    "host name": Attack("import socket; socket.sethostname('x')", "error", "not permitted"),
    "more processes": Attack(
        "import resource; resource.setrlimit(resource.RLIMIT_NPROC, (9999, 9999))",
        "error",
        "not allowed",
    ),
    "namespaces": libc_refuses("unshare(0x10000000)"),
    "mount": libc_refuses("mount(b'x', b'/tmp', b'tmpfs', 0, 0)"),
    "trace init": libc_refuses("ptrace(16, 1, 0, 0)"),
    "io_uring": libc_refuses("syscall(425, 1, 0)"),
    "another's descriptor": libc_refuses("syscall(438, 3, 0, 0)"),
}
PROCESSES = {
    "kill init": Attack("import os; os.kill(1, 9); print('alive')", output="alive"),
    "kill everybody": Attack("import os\nos.kill(-1, 9)", "error", "No such process"),
    "stop init": Attack("import os; os.kill(1, 19); print('alive')", output="alive"),
    "fork bomb": Attack(
        "import os\nwhile True:\n  try: os.fork()\n  except OSError: pass", "memory"
    ),
    "a hundred processes": Attack(
        "import os, sys\nheld = 0\nfor _ in range(100):\n"
        "  try:\n    if os.fork() == 0: os.execv(sys.executable, ['python', '-c', 'input()'])\n"
        "  except OSError: held += 1\n"
        "print('held' if held > 30 else 'ESCAPED')",
        output="held",
    ),
    "daemon": Attack(
        "import os, time\nif os.fork() == 0:\n  os.setsid()\n  if os.fork() == 0: time.sleep(999)\n"
        "  os._exit(0)"
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
    "its own limit raised": Attack(
        "import resource\nresource.setrlimit(resource.RLIMIT_DATA, (-1, -1))\n"
        "a = []\nwhile True: a.append(bytearray(b'x' * 10**7))",
        "memory",
    ),
    "one large file": Attack(
        "f = open('/tmp/a', 'wb')\nwhile True: f.write(b'x' * 10**6)", "error"
    ),
    "many files": Attack(
        "import itertools\nfor n in itertools.count(): open(f'/tmp/{n}', 'wb').write(b'x')",
        "error",
        "No space left",
    ),
    "descriptors": Attack("a = []\nwhile True: a.append(open('/dev/null'))", "error", "Too many"),
    "flood": Attack("while True: print('x' * 4096)", "output_limit"),
    "flood of claims": Attack("import os\nwhile True: os.write(3, b'{}\\n' * 20000)", "timeout"),
    "one endless claim": Attack("import os\nwhile True: os.write(3, b'x' * 65536)", "timeout"),
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
CORPUS = {
    f"{kind}: {name}": attack
    for kind, attacks in {
        "files": FILES,
        "network": NETWORK,
        "privilege": PRIVILEGE,
        "processes": PROCESSES,
        "resources": RESOURCES,
        "forgery": FORGERY,
    }.items()
    for name, attack in attacks.items()
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[ForkServer]:
    with closing(open_sandbox()) as opened:
        yield opened


@pytest.mark.parametrize("name", CORPUS)
def test_attack(sandbox: ForkServer, name: str) -> None:
    attack = CORPUS[name]
    sandbox.execute("", LIMITS)
    before = set(psutil.Process().children(recursive=True))
    execution = sandbox.execute(attack.code, LIMITS)
    assert execution.status == attack.status, execution
    assert attack.output in execution.output
    assert "ESCAPED" not in execution.stdout
    survivors = set(psutil.Process().children(recursive=True)) - before
    _, alive = psutil.wait_procs(survivors, timeout=5)  # the warden itself may yet be leaving
    assert alive == []
    assert sandbox.execute("import os; print(os.listdir('/tmp'))", LIMITS).output == "[]\n"


def test_the_hosts_sockets_are_out_of_reach(sandbox: ForkServer) -> None:
    listeners = [socket.socket(), socket.socket(socket.AF_UNIX)]
    with listeners[0] as internet, listeners[1] as abstract:
        internet.bind(("127.0.0.1", 0))
        abstract.bind("\0calm-attack")
        for listener in listeners:
            listener.listen()
        port = internet.getsockname()[1]
        there = f"socket.create_connection(('127.0.0.1', {port}), 1)"
        here = "socket.socket(socket.AF_UNIX).connect(chr(0) + 'calm-attack')"
        for attempt, refusal in ((there, "unreachable"), (here, "refused")):
            execution = sandbox.execute(f"import socket\n{attempt}", LIMITS)
            assert execution.status == "error"
            assert refusal in execution.output


def test_one_session_does_not_see_another(sandbox: ForkServer) -> None:
    listen = "import socket\ns = socket.socket(socket.AF_UNIX)\ns.bind(chr(0) + 'x')\ns.listen()"
    look = """
import os, socket
try:
    socket.socket(socket.AF_UNIX).connect(chr(0) + 'x')
    print('ESCAPED')
except OSError as problem:
    print(problem)
print([pid for pid in range(3, 99) if os.path.exists(f'/proc/{pid}')], os.listdir('/tmp'))
"""
    with sandbox.session() as victim, sandbox.session() as attacker:
        assert victim.execute(listen, LIMITS).status == "ok"
        assert attacker.execute(look, LIMITS).stdout.endswith("refused\n[] []\n")
