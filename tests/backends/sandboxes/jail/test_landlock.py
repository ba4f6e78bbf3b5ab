"""Level landlock keeps what full promises; its attacks stand in tests/attacks."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from app.backends.sandboxes.forkserver import PRELOADED, ForkServer
from app.backends.sandboxes.jail import linux
from app.backends.sandboxes.jail.scratch import make, remove, stored_mb
from app.core.execution import Isolation, Limits
from tests.backends.sandboxes.jail.test_facts import HIGHSPY, PULP, solve_of
from tests.backends.sandboxes.test_watch import PATIENT, PROGRAMS, SHORT

LIMITS = Limits(wall_seconds=20)
ISOLATION = Isolation(level="landlock", reason="as in a container")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[ForkServer]:
    with closing(ForkServer(ISOLATION, PRELOADED)) as opened:
        yield opened


@pytest.mark.parametrize(
    "name",
    ["leaves politely", "raises", "spins", "grows", "floods", "exits", "kills itself", "aborts"],
)
def test_status(sandbox: ForkServer, name: str) -> None:
    code, status = PROGRAMS[name]
    execution = sandbox.execute(code, SHORT if status == "timeout" else PATIENT)
    assert (execution.status, execution.isolation) == (status, ISOLATION)


def test_solvers(sandbox: ForkServer) -> None:
    pulp = PULP.format(limit=1, solver="pulp.PULP_CBC_CMD(msg=0)")
    for code in (pulp, HIGHSPY.format(least=0)):
        assert solve_of(sandbox.execute(code, LIMITS)).status == "Optimal"


def test_all_of_a_session_is_frozen_between_blocks(sandbox: ForkServer) -> None:
    background = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        while True:
            open('beat', 'a').write('x')
            time.sleep(0.001)
    os._exit(0)
time.sleep(0.2)
"""
    look = "import os; print(os.path.getsize('beat'))"
    with sandbox.session() as session:
        session.execute(background, LIMITS)
        before = int(session.execute(look, LIMITS).output)
        sandbox.execute("import time; time.sleep(0.5)", LIMITS)
        after = int(session.execute(look, LIMITS).output)
    assert 0 < before <= after < before + 100


def test_a_session_leaves_neither_process_nor_folder(sandbox: ForkServer) -> None:
    linux.prctl(linux.PR_SET_CHILD_SUBREAPER, 1)
    before = set(psutil.Process().children(recursive=True))
    with sandbox.session() as session, sandbox.session() as other:
        code = (
            "import os, time\nprint(os.getcwd())\n"
            "if os.fork() == 0:\n  os.setsid()\n  time.sleep(600)"
        )
        folder = Path(session.execute(code, LIMITS).output.strip())
        own = other.execute("import os, tempfile\nprint(tempfile.gettempdir())", LIMITS).output
        assert folder.is_dir()
        assert folder != Path(own.strip())
    survivors = set(psutil.Process().children(recursive=True)) - before
    _, alive = psutil.wait_procs(survivors, timeout=5)
    assert alive == []
    assert not folder.exists()


BACKGROUND = (
    "import os, time\nprint(os.getpid(), os.getcwd())\nopen('file', 'w')\n"
    "if os.fork() == 0:\n  time.sleep(600)"
)


@pytest.mark.parametrize("killed", ["init", "server"])
def test_a_session_ends_with_those_who_serve_it(killed: str) -> None:
    """No program can kill them, but the host may."""
    with closing(ForkServer(ISOLATION, ())) as sandbox:
        with sandbox.session() as session:
            pid, folder = session.execute(BACKGROUND, LIMITS).output.split()
            program = psutil.Process(int(pid))
            tree = [program, *program.children()]
            (init, server, *_) = program.parents()
            {"init": init, "server": server}[killed].kill()
            _, alive = psutil.wait_procs([init, *tree], timeout=20)
            assert len(tree) == 2
            assert alive == []
            assert session.execute("", LIMITS).status == "sandbox_error"
        assert sandbox.execute("print(1)", LIMITS).output == "1\n"
        assert not Path(folder).exists()


def test_whatever_was_left_is_removed() -> None:
    folder = make()
    (folder / "locked").mkdir(mode=0)
    (folder / "link").symlink_to("/")
    inner = os.open(folder, os.O_RDONLY)
    for _ in range(300):  # past the length of any path
        os.mkdir("x" * 200, dir_fd=inner)
        inner, outer = os.open("x" * 200, os.O_RDONLY, dir_fd=inner), inner
        os.close(outer)
    os.close(os.open("file", os.O_CREAT, dir_fd=inner))
    os.close(inner)
    assert stored_mb(str(folder)) > 256
    remove(folder)
    assert not folder.exists()


OLD_KERNEL = """
import json, os, signal, subprocess, sys
from app.backends.sandboxes.jail import linux, seccomp

child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
seccomp.install_alone(signals_are_scoped=False)
found = []
for attempt in (
    lambda: os.kill(child.pid, 9),
    lambda: os.kill(-1, 9),
    lambda: signal.pidfd_send_signal(os.pidfd_open(child.pid), 9),
    lambda: os.kill(os.getpid(), 0),
):
    try:
        found.append(attempt())
    except PermissionError:
        found.append("refused")
child.communicate(b"\\n")
print(json.dumps([*found, child.returncode]))
"""


def test_an_old_kernel_is_not_asked_to_scope_signals() -> None:
    """There the filter lets a process signal itself alone."""
    run = subprocess.run(
        [sys.executable, "-c", OLD_KERNEL],
        cwd=Path(__file__).parents[4],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(run.stdout) == ["refused", "refused", "refused", None, 0]


OLDER_ABI = """
import os, sys
from pathlib import Path
from app.backends.sandboxes.jail import landlock, linux

abi, folder = int(sys.argv[1]), Path(sys.argv[2])
landlock.abi = lambda: abi
linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
landlock.restrict(["/usr/lib"], folder)
(folder / "file").write_text("x")
os.listdir("/usr/lib")
for path in ("/etc/passwd", "/proc/self/environ", folder.parent / "outside"):
    try:
        open(path)
        print("ESCAPED", path)
    except PermissionError:
        print("refused")
"""


@pytest.mark.parametrize("abi", range(1, 7))
def test_every_abi_holds_files(abi: int, tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "outside").write_text("a secret")
    run = subprocess.run(
        [sys.executable, "-c", OLDER_ABI, str(abi), str(tmp_path / "own")],
        cwd=Path(__file__).parents[4],
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout == "refused\n" * 3
