"""The service and its clients: what a hang-up ends, and what a bad client does not."""

import json
import socket
import stat
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from app.backends.sandboxes import service as module
from app.backends.sandboxes.base import SandboxRefused
from app.backends.sandboxes.forkserver import ForkServer
from app.backends.sandboxes.remote import RemoteSandbox
from app.backends.sandboxes.service import Service
from app.backends.sandboxes.wire import REQUEST_BYTES
from app.core.execution import Limits
from tests.backends.sandboxes.conftest import serving

LIMITS = Limits(wall_seconds=20)
ENDLESS = Limits(wall_seconds=600)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "socket"


def connect(path: Path) -> socket.socket:
    caller = socket.socket(socket.AF_UNIX)
    caller.settimeout(20)
    caller.connect(str(path))
    return caller


def test_only_owner_and_group_may_connect(path: Path, forkserver: ForkServer) -> None:
    with serving(path, forkserver):
        assert stat.S_IMODE(path.stat().st_mode) == 0o660


def test_it_tells_the_level_of_its_machine(path: Path, forkserver: ForkServer) -> None:
    with serving(path, forkserver):
        assert RemoteSandbox(path).isolation == forkserver.isolation


def test_a_hang_up_in_the_middle_of_a_block_ends_it(path: Path, forkserver: ForkServer) -> None:
    with serving(path, forkserver):
        before = set(psutil.Process().children(recursive=True))
        with connect(path) as caller:
            block = {"code": "while True: pass", "limits": ENDLESS.model_dump()}
            lines = [json.dumps(value).encode() + b"\n" for value in ({"seed": 0}, block)]
            caller.sendall(b"".join(lines))
            while len(started := set(psutil.Process().children(recursive=True)) - before) < 2:
                time.sleep(0.01)
        _, alive = psutil.wait_procs(started, timeout=20)
        assert alive == []


def test_an_interrupted_block_says_so(path: Path, forkserver: ForkServer) -> None:
    for sandbox in (forkserver, RemoteSandbox(path)):
        with serving(path, forkserver), sandbox.session() as session:
            timer = threading.Timer(0.3, session.interrupt)
            timer.start()
            execution = session.execute("while True: pass", ENDLESS)
            timer.join()
            assert execution.status == "sandbox_error"
            assert execution.reason
            assert session.execute("print(1)", LIMITS).status == "sandbox_error"


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"\xff\xfe\x00\n",
        b"[" * 100_000 + b"\n",
        b'{"seed": "x"}\n',
        b'{"seed": 0}\n{"code": 1, "limits": {}}\n',
        b'{"seed": 0}\n{"code": "", "limits": {"wall_seconds": -1}}\n',
        b'{"seed": 0}\nnull\n',
        b'{"seed": 0}\n' + b"x" * (REQUEST_BYTES + 1),
    ],
    ids=lambda sent: repr(sent[:24]),
)
def test_nonsense_is_hung_up_on(path: Path, forkserver: ForkServer, sent: bytes) -> None:
    with serving(path, forkserver):
        with connect(path) as caller:
            greeting = caller.recv(65536)
            try:
                caller.sendall(sent)
                caller.shutdown(socket.SHUT_WR)
                answer = caller.recv(65536)
            except (BrokenPipeError, ConnectionResetError):  # hung up before all was sent
                answer = b""
        assert (b"isolation" in greeting, answer) == (True, b"")
        assert RemoteSandbox(path).execute("print(1)", LIMITS).output == "1\n"


def test_too_many_are_told_to_come_back(
    path: Path, forkserver: ForkServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_CONNECTIONS", 2)
    sandbox = RemoteSandbox(path)
    with serving(path, forkserver):
        with ExitStack() as stack:
            sessions = [stack.enter_context(sandbox.session()) for _ in range(3)]
            ran = [session.execute("print(1)", LIMITS) for session in sessions]
        assert [execution.status for execution in ran] == ["ok", "ok", "sandbox_error"]
        assert "full" in ran[-1].reason
        assert sandbox.execute("print(1)", LIMITS).status == "ok"


def test_where_none_listens_a_block_says_so(path: Path) -> None:
    sandbox = RemoteSandbox(path)
    execution = sandbox.execute("print(1)", LIMITS)
    assert execution.status == "sandbox_error"
    assert f"{path} can't be used: No such file" in execution.reason
    with pytest.raises(SandboxRefused, match="can't be used"):
        _ = sandbox.isolation


def test_a_service_that_was_started_again_is_found(path: Path, forkserver: ForkServer) -> None:
    sandbox = RemoteSandbox(path)
    for _ in range(2):  # the first one's socket stays behind and is taken over
        with serving(path, forkserver):
            assert sandbox.execute("print(1)", LIMITS).output == "1\n"
    assert "can't be used: Connection refused" in sandbox.execute("", LIMITS).reason


def test_two_services_do_not_share_a_socket(path: Path, forkserver: ForkServer) -> None:
    with serving(path, forkserver), pytest.raises(SandboxRefused, match="listening"):
        Service(path, forkserver)
    path.unlink()
    path.write_text("something else")
    with pytest.raises(SandboxRefused, match="no socket"):
        Service(path, forkserver)


@pytest.mark.parametrize(
    "reply", [b"", b"no\n", b"3\n", b"{}\n", b'{"isolation": 1}\n', b"x" * 70_000]
)
def test_a_service_that_lies_is_not_believed(path: Path, reply: bytes) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()

        def lie() -> None:
            with listener.accept()[0] as caller:
                caller.sendall(reply)

        thread = threading.Thread(target=lie)
        thread.start()
        execution = RemoteSandbox(path).execute("print(1)", LIMITS)
        thread.join()
    assert execution.status == "sandbox_error"
    assert "can't be used" in execution.reason
