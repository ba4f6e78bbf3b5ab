"""The sandbox of a worker that executes nothing itself: a client of the sandbox service.

Promises: each session is a connection of its own, so a service that was started again is found
again by the next one. Where it can't be reached or dies, a block comes back as `sandbox_error` with
the reason; only asking for the isolation raises. What the service says is checked, not believed.
"""

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from app.backends.sandboxes.base import SandboxRefused, Session
from app.backends.sandboxes.wire import (
    GREETING_BYTES,
    Greeting,
    Kept,
    Woken,
    answer_bytes,
    read_line,
    to_line,
)
from app.core.execution import Execution, Isolation, Limits

_GREETING_SECONDS = 60
_STOP_SECONDS = 10
_GRACE_SECONDS = 60
"""What the service may take beyond a block's own time, while others keep the machine busy."""
_UNKNOWN = Isolation(level="none", reason="Nothing was executed: the service was not reached.")


class RemoteSandbox:
    """The service that listens at `path`. Holds nothing open between sessions."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def isolation(self) -> Isolation:
        """What the service found on its machine. Raises SandboxRefused where none answers."""
        with _RemoteSession(self._path, seed=0) as session:
            if session.problem:
                raise SandboxRefused(session.problem)
            return session.isolation

    @contextmanager
    def session(self, seed: int = 0, wake: Sequence[str] = ()) -> Iterator[Session]:
        with _RemoteSession(self._path, seed, wake) as session:
            yield session

    def execute(self, code: str, limits: Limits) -> Execution:
        with self.session() as session:
            return session.execute(code, limits)

    def close(self) -> None:
        """Nothing to do: a session is gone with its connection."""


class _RemoteSession:
    """A connection to the service; `problem` says why there is none, or none any more."""

    def __init__(self, path: Path, seed: int, wake: Sequence[str] = ()) -> None:
        self.isolation, self.problem, self._seed = _UNKNOWN, "", seed
        self.woken = ""
        self._socket = socket.socket(socket.AF_UNIX)
        self._stream = self._socket.makefile("rb")
        try:
            self._open(path, wake)
        except (OSError, ValueError, SandboxRefused) as error:
            self.problem = f"The sandbox service at {path} can't be used: {_words(error)}"

    def __enter__(self) -> "_RemoteSession":
        return self

    def __exit__(self, *_: object) -> None:
        """Hang up, and wait for the service to do so too: then the session is dead."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)
            self._socket.settimeout(_STOP_SECONDS)
            while self._stream.read1():
                pass
        self._stream.close()
        self._socket.close()

    def execute(self, code: str, limits: Limits) -> Execution:
        if self.problem:
            return self._failed(limits)
        try:
            self._socket.settimeout(limits.wall_seconds + _GRACE_SECONDS)
            self._socket.sendall(to_line({"code": code, "limits": limits.model_dump()}))
            return Execution.model_validate_json(self._read(answer_bytes(limits)))
        except (OSError, ValueError) as error:
            self.problem = f"The sandbox service failed in the middle: {_words(error)}"
            return self._failed(limits)

    def keep(self, key: str) -> bool:
        if not self.problem:
            with suppress(OSError, ValueError):
                self._socket.settimeout(_GRACE_SECONDS)
                self._socket.sendall(to_line({"keep": key}))
                return Kept.model_validate_json(self._read(GREETING_BYTES)).kept
            self.problem = "The sandbox service failed in the middle: it kept no fork."
        return False

    def interrupt(self) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def _open(self, path: Path, wake: Sequence[str]) -> None:
        self._socket.settimeout(_GREETING_SECONDS)
        self._socket.connect(str(path))
        greeting = Greeting.model_validate_json(self._read(GREETING_BYTES))
        if greeting.isolation is None:
            raise SandboxRefused(greeting.refused or "it does not say how it isolates")
        self.isolation = greeting.isolation
        self._socket.sendall(to_line({"seed": self._seed, "wake": tuple(wake)}))
        if wake:
            self.woken = Woken.model_validate_json(self._read(GREETING_BYTES)).woken

    def _read(self, longest: int) -> bytes:
        line = read_line(self._stream, longest)
        if not line:
            raise ConnectionError("it hung up")
        return line

    def _failed(self, limits: Limits) -> Execution:
        return Execution(
            status="sandbox_error",
            reason=self.problem,
            isolation=self.isolation,
            limits=limits,
            seed=self._seed,
        )


def _words(error: Exception) -> str:
    if isinstance(error, ValueError):
        return "its answer can't be read."
    return f"{getattr(error, 'strerror', None) or error}".rstrip(".") + "."
