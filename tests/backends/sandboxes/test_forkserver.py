"""Opening, refusing, starting again, and leaving nothing behind."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import psutil

from app.backends.sandboxes.forkserver import ForkServer, detect, open_sandbox
from app.core.execution import Limits

LIMITS = Limits(wall_seconds=20)
ROOT = Path(__file__).parents[3]

DENIED = """
import sys
from app.backends.sandboxes.base import SandboxRefused
from app.backends.sandboxes.forkserver import open_sandbox
from app.backends.sandboxes.jail import linux, seccomp, syscalls
from app.core.execution import Limits

linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
if "landlock" in sys.argv:
    syscalls.ALWAYS["landlock_create_ruleset"] = (444, 444)
syscalls.GROUPS.clear()
seccomp.install()  # as a container's default profile does: no namespaces
try:
    sandbox = open_sandbox(preload=())
except SandboxRefused as refusal:
    print(refusal)
    sandbox = open_sandbox(allow_unisolated=True, preload=())
execution = sandbox.execute(
    "import os, time, subprocess, sys\\n"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'],"
    " start_new_session=True)\\n"
    "print(child.pid)", Limits())
print(execution.isolation.level, execution.isolation.reason)
print(execution.output, end="")
sandbox.close()
"""

WORKER = """
from app.backends.sandboxes.forkserver import open_sandbox
from app.core.execution import Limits

sandbox = open_sandbox(preload=())
with sandbox.session() as session:
    session.execute("import os\\nfor _ in range(3): os.fork()\\nos.setsid()", Limits())
    print("ready", flush=True)
    session.execute("while True: pass", Limits(wall_seconds=600))
"""


DISK_FULL = """
import os
from contextlib import closing
from pathlib import Path
from app.backends.sandboxes.forkserver import ForkServer
from app.backends.sandboxes.jail import linux
from app.core.execution import Isolation, Limits

MS_REMOUNT = 32
uid, gid = os.geteuid(), os.getegid()
linux.unshare(linux.CLONE_NEWNS | (linux.CLONE_NEWUSER if uid else 0))
if uid:
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
linux.mount("none", Path("/"), "", linux.MS_REC | linux.MS_PRIVATE)
here = os.open(".", os.O_PATH)
linux.mount("full", Path("/tmp"), "tmpfs", 0)
if not Path.cwd().exists():  # the project itself lies below: it stays in sight
    Path.cwd().mkdir(parents=True)
    linux.mount(f"/proc/self/fd/{here}", Path.cwd(), "", linux.MS_BIND | linux.MS_REC)
used = os.statvfs("/tmp").f_files - os.statvfs("/tmp").f_ffree
linux.mount("full", Path("/tmp"), "tmpfs", MS_REMOUNT, f"nr_inodes={used}")
with closing(ForkServer(Isolation(level="landlock", reason="a test"), ())) as sandbox:
    for _ in range(2):
        execution = sandbox.execute("print(1)", Limits())
        print(execution.status, execution.reason)
    linux.unmount(Path("/tmp"))
    print(sandbox.execute("print(2)", Limits()).output, end="")
"""


def run(script: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


def test_the_level_is_found_by_trying() -> None:
    isolation = detect()
    assert isolation.level == "full"
    assert "network" in isolation.reason


def test_without_namespaces_there_is_landlock() -> None:
    with run(DENIED) as process:
        assert process.stdout is not None
        isolation, child = process.stdout.read().splitlines()
    assert isolation.startswith("landlock Landlock and seccomp")
    assert "unshare: Operation not permitted." in isolation
    assert not psutil.pid_exists(int(child))


def test_without_both_it_refuses_unless_allowed() -> None:
    with run(DENIED, "landlock") as process:
        assert process.stdout is not None
        refusal, allowed, child = process.stdout.read().splitlines()
    assert "unshare: Operation not permitted." in refusal
    assert "landlock: Operation not permitted." in refusal
    assert "CALM_SANDBOX_ALLOW_UNISOLATED" in refusal
    assert allowed.startswith("none An administrator allowed")
    assert not psutil.pid_exists(int(child))


def test_nothing_survives_a_worker_that_is_killed() -> None:
    with run(WORKER) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        tree = psutil.Process(process.pid).children(recursive=True)
        process.kill()
    _, alive = psutil.wait_procs(tree, timeout=20)
    assert len(tree) >= 5
    assert alive == []


def test_nothing_survives_a_session(forkserver: ForkServer) -> None:
    before = set(psutil.Process().children(recursive=True))
    with forkserver.session() as session:
        daemon = "import os, time\nif os.fork() == 0:\n  os.setsid()\n  time.sleep(600)"
        assert session.execute(daemon, LIMITS).status == "ok"
        assert len(set(psutil.Process().children(recursive=True)) - before) >= 3
    survivors = set(psutil.Process().children(recursive=True)) - before
    _, alive = psutil.wait_procs(survivors, timeout=5)  # its init may yet be leaving
    assert alive == []


def test_it_starts_again_when_its_server_died() -> None:
    before = set(psutil.Process().children())
    with closing(open_sandbox(preload=())) as sandbox:
        (server,) = set(psutil.Process().children()) - before
        (zygote,) = server.children()
        zygote.kill()
        zygote.wait(20)
        assert sandbox.execute("print(1)", LIMITS).output == "1\n"


def test_a_full_disk_is_said_and_passes() -> None:
    """Where a session has a folder on the host's disk, at level landlock."""
    with run(DISK_FULL) as process:
        assert process.stdout is not None
        *full, after = process.stdout.read().splitlines()
    assert len(full) == 2
    assert all("sandbox_error" in it and "No space left on device" in it for it in full)
    assert after == "2"


def test_threads_share_it(forkserver: ForkServer) -> None:
    def square(number: int) -> str:
        return forkserver.execute(f"print({number} ** 2)", LIMITS).output

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(square, range(24))) == [f"{n * n}\n" for n in range(24)]


def test_descriptors_do_not_grow(forkserver: ForkServer) -> None:
    forkserver.execute("", LIMITS)
    before = psutil.Process().num_fds()
    for code in ("print(1)", "import os; os._exit(1)", "1 / 0"):
        forkserver.execute(code, LIMITS)
    assert psutil.Process().num_fds() == before


def test_a_forked_copy_has_a_server_of_its_own(forkserver: ForkServer) -> None:
    forkserver.execute("", LIMITS)
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            code = 0 if forkserver.execute("print(1)", LIMITS).output == "1\n" else 2
            forkserver.close()
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert forkserver.execute("print(2)", LIMITS).output == "2\n"
