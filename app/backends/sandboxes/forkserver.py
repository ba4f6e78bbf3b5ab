"""The sandbox: a fork-server in a jail, and a session forked from it for each trace.

Promise: `open_sandbox` returns only what was proven to work by running a block in it, and refuses
otherwise. A fork-server that has died is started again by the next session. Nothing is forked from
this process, which may have threads: the fork-server is a program of its own.
"""

import json
import os
import socket
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from app.backends.sandboxes.base import SandboxRefused, Session
from app.backends.sandboxes.channels import Channels
from app.backends.sandboxes.forks import Forks
from app.backends.sandboxes.supervisor import SupervisedSession
from app.core.execution import Execution, Isolation, Level, Limits

PRELOADED = ("numpy", "numpy.random", "highspy", "pulp")

_PROBE = Limits(wall_seconds=20)
_START_SECONDS = 180  # what Python never compiled before takes half a minute to import
_STOP_SECONDS = 5
_LEVELS: dict[Level, str] = {
    "full": "Namespaces: no network, no host file and no other process is in reach.",
    "landlock": "Landlock and seccomp: no network, no file but Python's and its own can be opened,"
    " no other process signalled.",
}
_UNISOLATED: dict[Level, str] = {
    "none": "An administrator allowed code to be executed without isolation."
}
_HELP = (
    "Allow unprivileged user namespaces (Linux 5.12 or newer) or landlock (Linux 5.13 or newer),"
    " or set CALM_SANDBOX_ALLOW_UNISOLATED on a machine that holds nothing else."
)
_ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "HOME": "/tmp",
    "TMPDIR": "/nonexistent",  # a library that notes it at its import must not; sessions set it
    "LANG": "C.UTF-8",
    "PYTHONHASHSEED": "0",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
}
_ENTRY = (
    "import sys; sys.path.insert(0, {root!r});"
    " from app.backends.sandboxes.jail.zygote import main; del sys.path[0]; main()"
)


def open_sandbox(
    allow_unisolated: bool = False,
    preload: tuple[str, ...] = PRELOADED,
    forks: Forks | None = None,
) -> "ForkServer":
    """The tightest sandbox that this machine can have, with these modules imported.

    `forks` holds those of its sessions; without it there are none. Raises SandboxRefused where code
    can't be isolated, unless an administrator allows that.
    """
    levels = _LEVELS | (_UNISOLATED if allow_unisolated and sys.platform == "linux" else {})
    denied: list[str] = []
    for level, reason in levels.items():
        try:
            isolation = Isolation(level=level, reason=" ".join([reason, *denied]))
            return _proven(ForkServer(isolation, preload, forks))
        except SandboxRefused as refusal:
            denied.append(f"Level {level} was denied: {str(refusal).rstrip('.')}.")
    raise SandboxRefused(f"Code can't be isolated here. {' '.join(denied)} {_HELP}")


def detect(allow_unisolated: bool = False) -> Isolation:
    """What `open_sandbox` would give, found by trying. Raises SandboxRefused alike."""
    with closing(open_sandbox(allow_unisolated, preload=())) as sandbox:
        return sandbox.isolation


def _proven(sandbox: "ForkServer") -> "ForkServer":
    probe = sandbox.execute("import json, decimal", _PROBE)
    if probe.status != "ok":
        sandbox.close()
        raise SandboxRefused(probe.stderr.strip() or probe.reason)
    return sandbox


class ForkServer:
    """A sandbox of one level. Threads may share it; a forked copy starts a server of its own."""

    def __init__(
        self, isolation: Isolation, preload: tuple[str, ...], forks: Forks | None = None
    ) -> None:
        self.isolation = isolation
        self.forks = forks or Forks()
        self._preload = preload
        self._lock = threading.Lock()
        self._server: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None
        self._owner = 0
        self._packages: dict[str, str] = {}

    def execute(self, code: str, limits: Limits) -> Execution:
        with self.session() as session:
            return session.execute(code, limits)

    @contextmanager
    def session(self, seed: int = 0, wake: Sequence[str] = ()) -> Iterator[Session]:
        with self.forks.using(self.forks.wake(wake) or self._fresh(seed)) as session:
            yield session

    def close(self) -> None:
        self.forks.close()
        with self._lock:
            self._stop()

    def _fresh(self, seed: int) -> SupervisedSession:
        channels: Channels | None = None
        problem = ""
        try:
            channels = self._open(seed)
        except (OSError, SandboxRefused) as error:
            problem = str(error)
        return SupervisedSession(
            channels, problem, self.isolation, seed, self._packages, self.forks
        )

    def _open(self, seed: int) -> Channels:
        channels, theirs = Channels.pairs()
        try:
            with self._lock:
                self._send(json.dumps({"seed": seed}).encode(), theirs)
        except BaseException:
            channels.close()
            raise
        finally:
            for descriptor in theirs:
                os.close(descriptor)
        return channels

    def _send(self, message: bytes, descriptors: tuple[int, ...]) -> None:
        if self._socket is not None and self._owner == os.getpid():
            with suppress(OSError):  # it has died: the next one is started below
                socket.send_fds(self._socket, [message], descriptors)
                return
        self._stop()
        socket.send_fds(self._start(), [message], descriptors)

    def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._server = self._spawn(theirs.fileno())
        self._socket, self._owner = ours, os.getpid()
        ours.settimeout(_START_SECONDS)
        answer = json.loads(ours.recv(65536) or b'{"refused": "the fork-server died at its start"}')
        if "refused" in answer:
            self._stop()
            raise SandboxRefused(answer["refused"])
        self._packages = answer["ready"]
        return ours

    def _spawn(self, descriptor: int) -> subprocess.Popen[bytes]:
        python, places, packages = _installation()
        request = {
            "socket": descriptor,
            "level": self.isolation.level,
            "paths": places,
            "packages": packages,
            "preload": self._preload,
        }
        entry = _ENTRY.format(root=str(Path(__file__).parents[3]))
        return subprocess.Popen(
            [python, "-s", "-S", "-P", "-B", "-c", entry, json.dumps(request)],
            env=_ENVIRONMENT,
            cwd="/",
            pass_fds=[descriptor],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def _stop(self) -> None:
        if self._socket is not None:
            self._socket.close()
        if self._server is not None and self._owner == os.getpid():
            try:
                self._server.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._server.kill()
                self._server.wait()
        self._socket = self._server = None


def _installation() -> tuple[str, list[str], list[str]]:
    """The bare interpreter, what of its installation the jail shows, the folders of packages."""
    python = os.path.realpath(getattr(sys, "_base_executable", sys.executable))
    base = Path(python).parents[1]
    packages = list(dict.fromkeys(sysconfig.get_path(name) for name in ("purelib", "platlib")))
    packages = [os.path.realpath(folder) for folder in packages]
    places = [str(base / "lib"), str(base / "lib64"), python]
    return python, places, packages
