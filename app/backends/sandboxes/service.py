"""The sandbox as a service: whoever may open its unix socket may have code executed.

Promises: a connection has a session of its own, which ends with the connection, also in the middle
of a block; a client that sends nonsense is hung up on, and nobody else notices. The socket's owner
and group alone may connect. Not here: accounts, queues and results that are kept; the client asks
again.
"""

import json
import os
import socket
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingUnixStreamServer
from threading import BoundedSemaphore

from app.backends.sandboxes.base import Sandbox, SandboxRefused, Session
from app.backends.sandboxes.wire import (
    REQUEST_BYTES,
    Greeting,
    Kept,
    Opening,
    Woken,
    read_line,
    to_line,
)
from app.core.execution import Limits
from app.core.model import Frozen

MAX_CONNECTIONS = 64
IDLE_SECONDS = 2 * 3600
"""A client that is silent for longer than any block may run is hung up on."""
_MODE = 0o660
_HANG_UP = (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError)
"""What reading from a client raises that is gone or that sends nonsense."""
_FULL = f"The sandbox service is full: {MAX_CONNECTIONS} sessions are open. Try again later."


class Service(ThreadingUnixStreamServer):
    """Serves one sandbox at `path`; `serve_forever` and `shutdown` are socketserver's."""

    daemon_threads = True
    request_queue_size = MAX_CONNECTIONS

    def __init__(self, path: Path, sandbox: Sandbox) -> None:
        """Raises SandboxRefused where something else answers at `path` or stands there."""
        self.sandbox = sandbox
        self.places = BoundedSemaphore(MAX_CONNECTIONS)
        _clear(path)
        before = os.umask(0o777 & ~_MODE)
        try:
            super().__init__(str(path), _Connection)
        finally:
            os.umask(before)


class _Connection(StreamRequestHandler):
    """One client; its thread reads while another one executes, so that it sees a hang-up."""

    server: Service
    timeout = IDLE_SECONDS
    _busy = False

    def handle(self) -> None:
        with suppress(*_HANG_UP):
            if not self.server.places.acquire(blocking=False):
                self._write(Greeting(refused=_FULL))
                return
            try:
                self._serve()
            finally:
                self.server.places.release()

    def _serve(self) -> None:
        sandbox = self.server.sandbox
        self._write(Greeting(isolation=sandbox.isolation))
        if not (opening := read_line(self.rfile, REQUEST_BYTES)):
            return
        asked = Opening.model_validate_json(opening)
        with sandbox.session(asked.seed, asked.wake) as session:
            if asked.wake:
                self._write(Woken(woken=session.woken))
            self._execute_all(session)

    def _execute_all(self, session: Session) -> None:
        running: Future[None] | None = None
        with ThreadPoolExecutor(1) as executor:
            try:
                while line := read_line(self.rfile, REQUEST_BYTES):
                    if running:
                        running.result()
                    running = executor.submit(self._answer, _asked(session, line))
            finally:
                if self._busy:
                    session.interrupt()

    def _answer(self, asked: Callable[[], Frozen]) -> None:
        try:
            self._busy = True
            answer = asked()
            self._busy = False  # before the answer: whoever has it may hang up, and keep its forks
            self._write(answer)
        except Exception:  # never leave the client waiting for what won't come
            with suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)
            raise

    def _write(self, value: Frozen) -> None:
        self.wfile.write(to_line(value.model_dump(mode="json")))


def _asked(session: Session, line: bytes) -> Callable[[], Frozen]:
    """What a line asks of the session. Raises ValueError or TypeError for nonsense."""
    request = json.loads(line)
    if isinstance(key := request.get("keep"), str):
        return lambda: Kept(kept=session.keep(key))
    code, limits = request["code"], Limits.model_validate(request["limits"])
    if not isinstance(code, str):
        raise TypeError("code is text")
    return lambda: session.execute(code, limits)


def _clear(path: Path) -> None:
    """Take away a socket that an earlier service left."""
    if not path.exists():
        return
    if not path.is_socket():
        raise SandboxRefused(f"{path} is in the way: it is no socket.")
    with socket.socket(socket.AF_UNIX) as caller:
        if caller.connect_ex(str(path)) == 0:
            raise SandboxRefused(f"A sandbox service is listening at {path} already.")
    path.unlink()
