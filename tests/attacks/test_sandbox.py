"""The corpus at both levels: after each nothing survives and the host is as it was."""

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest

from app.backends.sandboxes.forkserver import PRELOADED, ForkServer
from app.backends.sandboxes.jail import linux
from app.backends.sandboxes.paired import FULL, PairedSandbox
from app.core.execution import Isolation, Level, Limits
from tests.attacks.corpus import CORPUS
from tests.attacks.corpus.solvers import LICENSED

pytestmark = pytest.mark.attacks

LIMITS = Limits(wall_seconds=60, memory_mb=512)
SHORT = LIMITS.model_copy(update={"wall_seconds": 3})


class Host(NamedTuple):
    """What lies outside: a folder in which everybody may write, and a process."""

    folder: Path
    victim: psutil.Process

    def state(self) -> list[object]:
        """All of it that an attack could change."""
        shared = Path("/proc/sysvipc/shm").read_text().split()
        return [
            *((path.name, self._known(path.lstat()), os.listxattr(path)) for path in self._files()),
            (self.folder / "file").read_text(),
            (self.victim.status(), self.victim.nice(), self.victim.cpu_affinity()),
            self.victim.rlimit(psutil.RLIMIT_NOFILE),
            (Path("/dev/shm/calm-attack").exists(), str(0x43414C4D) in shared),
        ]

    def _known(self, file: os.stat_result) -> tuple[float, ...]:
        """All but when it was last read."""
        return file.st_mode, file.st_uid, file.st_gid, file.st_nlink, file.st_size, file.st_mtime

    def _files(self) -> list[Path]:
        return sorted(self.folder.iterdir())


class Neighbour(NamedTuple):
    """Another session's folder, and its program's id as the host sees it."""

    folder: str
    pid: int


def aimed(code: str, host: Host, neighbour: Neighbour) -> str:
    """The program with the places and processes that it is to attack."""
    for word, value in (
        ("NEIGHBOUR_FOLDER", neighbour.folder),
        ("NEIGHBOUR_ID", neighbour.pid),
        ("HOST", host.folder),
        ("VICTIM", host.victim.pid),
    ):
        code = code.replace(word, str(value))
    return code


@contextmanager
def listening(*listeners: tuple[socket.socket, str]) -> Iterator[None]:
    for listener, name in listeners:
        listener.bind(name)
        if listener.type == socket.SOCK_STREAM:
            listener.listen()
    try:
        yield
    finally:
        for listener, _ in listeners:
            listener.close()


@pytest.fixture(scope="module")
def host() -> Iterator[Host]:
    """Reachable for every user, so that only the sandbox stands between."""
    with tempfile.TemporaryDirectory() as folder:
        yield from _host(Path(folder))


def _host(folder: Path) -> Iterator[Host]:
    folder.chmod(0o777)
    (folder / "file").write_text("a secret")
    (folder / "file").chmod(0o666)
    stream = socket.socket(socket.AF_UNIX)
    datagram = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    abstract = socket.socket(socket.AF_UNIX)
    sleeper = [sys.executable, "-c", "input()"]
    with (
        listening(
            (stream, str(folder / "server")),
            (datagram, str(folder / "log")),
            (abstract, "\0calm-attack"),
        ),
        subprocess.Popen(sleeper, stdin=subprocess.PIPE, start_new_session=True) as victim,
    ):
        yield Host(folder, psutil.Process(victim.pid))
        victim.kill()


@pytest.fixture(scope="module", params=["full", "landlock"])
def sandbox(request: pytest.FixtureRequest) -> Iterator[PairedSandbox]:
    linux.prctl(linux.PR_SET_CHILD_SUBREAPER, 1)  # a process that got away would come to this one
    isolation = Isolation(level=request.param, reason="as in the corpus")
    light, full = ForkServer(isolation, PRELOADED), ForkServer(isolation, FULL)
    with closing(PairedSandbox(light, full)) as opened:
        yield opened


@pytest.fixture(scope="module")
def neighbour(sandbox: PairedSandbox) -> Iterator[Neighbour]:
    """Another session, which has to live as before when all is over."""
    sandbox.execute("", LIMITS)
    before = set(psutil.Process().children(recursive=True))
    with sandbox.session() as session:
        live = "import os\nopen('mine', 'w').write('x')\nprint(os.getcwd())"
        folder = session.execute(live, LIMITS).output.strip()
        own = set(psutil.Process().children(recursive=True)) - before
        (program,) = (process for process in own if not process.children())
        yield Neighbour(folder, program.pid)
        assert session.execute("print(os.listdir('.'))", LIMITS).output == "['mine']\n"


@pytest.mark.parametrize("name", CORPUS)
def test_attack(sandbox: PairedSandbox, host: Host, neighbour: Neighbour, name: str) -> None:
    attack, library = CORPUS[name], name.rpartition(" ")[2]
    if library in LICENSED and find_spec(library) is None:
        pytest.skip(f"{library} is not installed")
    code = aimed(attack.code, host, neighbour)
    status, output = attack.expected(level := sandbox.isolation.level)
    # Only what should run into the time limit gets a short one: a busy machine is no fault.
    limits = SHORT if status == "timeout" else LIMITS
    server = sandbox.server_for(code)
    server.execute("", LIMITS)
    before, state = set(psutil.Process().children(recursive=True)), host.state()
    with server.session() as session:
        folder = session.execute("import os; print(os.getcwd())", LIMITS).output.strip()
        execution = session.execute(code, limits)
    assert execution.isolation.level == level
    assert execution.status == status, execution
    assert output in execution.output
    assert all("optimal" in each.status.lower() for each in execution.solves)
    assert "ESCAPED" not in execution.stdout
    assert folder == "/tmp" or not Path(folder).exists()
    assert host.state() == state
    survivors = set(psutil.Process().children(recursive=True)) - before
    _, alive = psutil.wait_procs(survivors, timeout=5)  # its init may yet be leaving
    assert alive == []
    assert sandbox.execute("import os; print(os.listdir('.'))", LIMITS).output == "[]\n"


def test_loopback_is_out_of_reach(sandbox: PairedSandbox) -> None:
    refusals: dict[Level, str] = {"full": "unreachable", "landlock": "not permitted"}
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        there = f"socket.create_connection(('127.0.0.1', {listener.getsockname()[1]}), 1)"
        execution = sandbox.execute(f"import socket\n{there}", LIMITS)
    assert execution.status == "error"
    assert refusals[sandbox.isolation.level] in execution.output


def test_one_session_does_not_reach_another(sandbox: PairedSandbox) -> None:
    live = "import os\nopen('mine', 'w').write('x')\nprint(os.getpid(), os.getcwd())"
    look = """
import os, signal, socket
for attempt in (
    lambda: os.kill({pid}, 9),
    lambda: os.listdir('{folder}' if '{folder}' != os.getcwd() else '/nothing'),
    lambda: open('{folder}/mine'),
    lambda: open('/proc/{pid}/mem'),
    lambda: open('/proc/{pid}/cwd/mine'),
    lambda: os.readlink('/proc/{pid}/cwd'),
    lambda: socket.socket(socket.AF_UNIX).connect(chr(0) + 'x'),
):
    try:
        attempt()
        print('ESCAPED')
    except OSError as problem:
        print(problem)
"""
    with sandbox.session() as victim, sandbox.session() as attacker:
        pid, folder = victim.execute(live, LIMITS).output.split()
        if sandbox.isolation.level == "full":
            pid = "9"  # inside, its own id is the attacker's too
        execution = attacker.execute(look.format(pid=pid, folder=folder), LIMITS)
        assert execution.output.count("[Errno") == 7, execution.output
        assert victim.execute("print(os.listdir('.'))", LIMITS).output == "['mine']\n"


def test_many_runs_leave_nothing_behind(sandbox: PairedSandbox) -> None:
    """Descriptors, zombies and memory; `make bench` does the same with 10,000 runs."""
    for _ in range(50):
        sandbox.execute("import highspy; highspy.Highs()", LIMITS)
    worker = psutil.Process()
    _, alive = psutil.wait_procs(worker.children(recursive=True), timeout=2)  # but who is leaving
    servers = set(alive)
    before = worker.num_fds(), sum(it.num_fds() for it in servers), worker.memory_info().rss
    for code in ("x = 1", "1 / 0", "import os; os._exit(1)") * 100:
        sandbox.execute(code, LIMITS)
    survivors = set(worker.children(recursive=True)) - servers
    _, alive = psutil.wait_procs(survivors, timeout=5)
    after = worker.num_fds(), sum(it.num_fds() for it in servers), worker.memory_info().rss
    assert alive == []
    assert after[:2] == before[:2]
    assert after[2] - before[2] < 5 * 2**20
