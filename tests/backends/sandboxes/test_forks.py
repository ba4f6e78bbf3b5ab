"""Sleeping forks: state that is copied and not shared, and that goes when it must."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import psutil
import pytest

from app.backends.sandboxes import forks as module
from app.backends.sandboxes.base import Sandbox
from app.backends.sandboxes.forks import Forks
from app.backends.sandboxes.forkserver import PRELOADED, ForkServer
from app.backends.sandboxes.paired import PairedSandbox
from app.backends.sandboxes.remote import RemoteSandbox
from app.core.execution import Isolation, Level, Limits
from tests.backends.sandboxes.conftest import serving

LIMITS = Limits(wall_seconds=20)
MOST = 4


@pytest.fixture(params=["full", "landlock"])
def level(request: pytest.FixtureRequest) -> Level:
    chosen: Level = request.param
    return chosen


@pytest.fixture
def server(level: Level) -> Iterator[ForkServer]:
    isolation = Isolation(level=level, reason="a test")
    with closing(ForkServer(isolation, PRELOADED, Forks(MOST, minutes=10))) as opened:
        yield opened


@pytest.fixture(params=["here", "service", "paired"])
def sandbox(
    request: pytest.FixtureRequest, server: ForkServer, tmp_path: Path
) -> Iterator[Sandbox]:
    if request.param == "here":
        yield server
    elif request.param == "paired":
        yield PairedSandbox(server, server)
    else:
        with serving(tmp_path / "socket", server):
            yield RemoteSandbox(tmp_path / "socket")


def processes() -> set[psutil.Process]:
    return set(psutil.Process().children(recursive=True))


def leave(sandbox: Sandbox, code: str = "x = [1]", key: str = "a") -> bool:
    with sandbox.session(seed=7) as session:
        assert session.execute(code, LIMITS).status == "ok"
        return session.keep(key)


def output(sandbox: Sandbox, code: str, *keys: str) -> tuple[str, str]:
    with sandbox.session(wake=keys) as session:
        return session.woken, session.execute(code, LIMITS).output


def test_two_branches_see_one_past_and_not_each_other(sandbox: Sandbox) -> None:
    with sandbox.session(seed=7) as session:
        session.execute("x = [1]", LIMITS)
        assert session.keep("a")
        session.execute("x.append(2); open('mine', 'w').write('x')", LIMITS)
        assert not session.keep("b")  # it left a file
    grow = "import os, random\nx.append(3); print(x, os.listdir('.'), random.random())"
    (woken, first), (_, second) = output(sandbox, grow, "b", "a"), output(sandbox, grow, "a")
    assert woken == "a"
    assert first == second
    assert first.startswith("[1, 3] []")
    assert output(sandbox, "x", "b")[0] == ""


def test_a_branch_of_a_branch(sandbox: Sandbox) -> None:
    leave(sandbox)
    with sandbox.session(wake=["a"]) as session:
        execution = session.execute("x.append(2)\n1 / 0", LIMITS)
        assert (execution.seed, execution.exception and execution.exception.line) == (7, 2)
        assert '"<block 2>"' in execution.output
        assert session.keep("b")
    assert output(sandbox, "print(x)", "b") == ("b", "[1, 2]\n")
    assert output(sandbox, "print(x)", "a") == ("a", "[1]\n")


@pytest.mark.parametrize(
    "last", ["while True: pass", "import os; os._exit(1)", "import os; os.kill(os.getpid(), 9)"]
)
def test_a_fork_outlives_the_end_of_its_branch(sandbox: Sandbox, last: str) -> None:
    with sandbox.session() as session:
        session.execute("x = 1", LIMITS)
        session.keep("a")
        assert session.execute(last, Limits(wall_seconds=1)).status not in ("ok", "error")
        assert not session.keep("b")
        assert session.execute("print(x)", LIMITS).status == "sandbox_error"
    assert output(sandbox, "print(x)", "a") == ("a", "1\n")


def test_nothing_of_a_branch_that_was_left_runs_on(sandbox: Sandbox) -> None:
    leave(sandbox)
    fork = "import os, time\nif os.fork() == 0:\n  os.setsid()\n  os.fork()\n  time.sleep(600)"
    before = processes()
    with sandbox.session(wake=["a"]) as session:
        session.execute(fork, LIMITS)
        assert len(processes() - before) >= 2
        assert not session.keep("b")  # it left processes
    left = processes() - before
    assert not psutil.wait_procs(left, timeout=5)[1]


@pytest.mark.parametrize(
    "code",
    [
        "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()",
        "import os\nif os.fork() == 0:\n  import time; time.sleep(60)",
        "open('file', 'w')",
        "import os; os.mkdir('folder')",
        "import os; os.symlink('/', 'link')",
        "import tempfile\nf = tempfile.TemporaryFile()",
        "import os\nends = os.pipe()",
    ],
)
def test_more_than_memory_is_not_forked(server: ForkServer, code: str) -> None:
    assert not leave(server, code)
    assert output(server, "", "a")[0] == ""


def test_after_a_solve(server: ForkServer) -> None:
    solve = "import highspy\nh = highspy.Highs()\nv = h.addVariable(lb=0, ub=4)\nh.maximize(v)"
    assert leave(server, solve)
    again = "h.maximize(v)\nprint(h.getInfo().objective_function_value)"
    assert output(server, again, "a")[1].endswith("4.0\n")


def test_the_oldest_makes_room(server: ForkServer) -> None:
    keys = [str(n) for n in range(MOST + 1)]
    assert all(leave(server, f"x = {key}", key) for key in keys[:-1])
    assert output(server, "", "0")[0] == "0"  # which is now the youngest
    assert leave(server, "x = 9", keys[-1])
    assert [output(server, "", key)[0] for key in keys] == ["0", "", "2", "3", "4"]


def test_the_forks_of_one_session_go_one_by_one(server: ForkServer) -> None:
    with server.session() as session:
        for n in range(MOST + 2):
            session.execute(f"x = {n}", LIMITS)
            session.keep(str(n))
    assert output(server, "print(x)", "1")[0] == ""
    assert output(server, "print(x)", "2") == ("2", "2\n")


def test_they_expire(level: Level, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LOOK_SECONDS", 0.05)
    isolation = Isolation(level=level, reason="a test")
    with closing(ForkServer(isolation, (), Forks(MOST, minutes=1 / 30))) as server:
        server.execute("", LIMITS)
        before = processes()
        assert leave(server)
        left = processes() - before
        assert left
        assert not psutil.wait_procs(left, timeout=20)[1]  # nobody has to ask
        assert output(server, "", "a")[0] == ""


def test_they_go_where_memory_is_short(server: ForkServer, monkeypatch: pytest.MonkeyPatch) -> None:
    assert leave(server)
    monkeypatch.setattr(module, "_LEAST_FREE", 1.1)
    assert output(server, "", "a")[0] == ""


def test_they_go_with_the_sandbox(server: ForkServer) -> None:
    others = processes()
    assert leave(server)
    own = processes() - others
    server.close()
    assert len(own) >= 3
    assert not psutil.wait_procs(own, timeout=5)[1]


def test_a_killed_zygote_takes_none_of_them_for_alive(server: ForkServer) -> None:
    others = processes()
    server.execute("", LIMITS)
    before = processes() - others
    assert leave(server)
    for process in before:
        with suppress(psutil.NoSuchProcess):  # the kernel was first: its init had died
            process.kill()
    psutil.wait_procs(before, timeout=20)
    woken, printed = output(server, "print('x' in globals())", "a")
    assert printed == f"{bool(woken)}\n"
    assert server.execute("print(1)", LIMITS).output == "1\n"


def test_one_at_a_time_wakes_in_a_session(server: ForkServer) -> None:
    leave(server)
    with server.session(wake=["a"]) as one, server.session(wake=["a"]) as other:
        assert (one.woken, other.woken) == ("a", "")
        one.execute("x.append(2)", LIMITS)
        assert other.execute("x", LIMITS).status == "error"


def test_a_fork_that_a_program_wakes_sleeps_again(server: ForkServer) -> None:
    with server.session() as session:
        session.execute("import os, time\nstate = []", LIMITS)
        session.keep("a")
        killed = "os.kill(-1, 18)\ntime.sleep(0.2)"
        assert session.execute(killed, LIMITS).status in ("ok", "error")
        assert session.execute("print(state)", LIMITS).output == "[]\n"
    woken, printed = output(server, "print(state)", "a")
    assert not woken or printed == "[]\n"


def test_threads_share_the_forks(server: ForkServer) -> None:
    leave(server)
    found: list[str] = []

    def ask() -> None:
        for _ in range(5):
            found.append(output(server, "print('x' in globals())", "a")[1])
            time.sleep(0.01)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 20
    assert "True\n" in found
