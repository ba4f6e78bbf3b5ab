"""A line to a model server that another thread can cut.

Promises: whoever works inside `on_line` has every connection that it opens closed at once when the
line is cut, also while the server is silent or has not begun; one that is opened later is closed
before anything is sent.
"""

import contextlib
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from typing import Any

_line: "ContextVar[Line | None]" = ContextVar("line", default=None)


class Line:
    """The connections of one piece of work."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._sockets: list[socket.socket] = []
        self.is_cut = False

    def cut(self) -> None:
        """Close the connections that are open, and those to come. For any thread, any number."""
        with self._lock:
            self.is_cut = True
            for one in self._sockets:
                _shut(one)

    def watch(self, event: str, told: Mapping[str, Any]) -> None:
        """httpcore's trace of a request: keep the socket of each connection that it opens."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            opened: socket.socket = told["return_value"].get_extra_info("socket")
            with self._lock:
                self._sockets.append(opened)
                if self.is_cut:
                    _shut(opened)


@contextmanager
def on_line(line: Line) -> Iterator[None]:
    """Let what this thread asks of a model server in the block be cut with `line`."""
    token = _line.set(line)
    try:
        yield
    finally:
        _line.reset(token)


def current_line() -> Line | None:
    """The line of this thread's work, if it has one."""
    return _line.get()


def _shut(one: socket.socket) -> None:
    # A close alone would not wake the thread that reads. Not `one.shutdown`: that of a TLS socket
    # takes its state away from under the reading thread.
    with contextlib.suppress(OSError):
        socket.socket.shutdown(one, socket.SHUT_RDWR)
