"""A line to what a piece of work waits for, a model server or a program, which can be cut.

Promises: whoever works inside `on_line` has every connection that it opens closed at once when the
line is cut, also while the server is silent or has not begun; one that is opened later is closed
before anything is sent. What else it waits for and can end, it says with `ending`.
"""

import contextlib
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from threading import Lock
from typing import Any

_line: "ContextVar[Line | None]" = ContextVar("line", default=None)


class Line:
    """What one piece of work waits for. What it does for another piece ends with that one's too."""

    def __init__(self, within: "Line | None" = None) -> None:
        self._lock = Lock()
        self._ends: list[Callable[[], None]] = []
        self._within = within
        self.is_cut = False

    def cut(self) -> None:
        """End what is waited for, now and from now on. For any thread, any number of times."""
        with self._lock:
            self.is_cut = True
            for end in self._ends:
                end()

    @contextmanager
    def ending(self, end: Callable[[], None]) -> Iterator[None]:
        """While the block runs, `end` is what the line is cut with; it waits for nothing."""
        self._add(end)
        try:
            yield
        finally:
            with self._lock:
                self._ends.remove(end)

    def watch(self, event: str, told: Mapping[str, Any]) -> None:
        """httpcore's trace of a request: keep the socket of each connection that it opens."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._add(partial(_shut, told["return_value"].get_extra_info("socket")))
        if self._within:
            self._within.watch(event, told)

    def _add(self, end: Callable[[], None]) -> None:
        with self._lock:
            self._ends.append(end)
            if self.is_cut:
                end()


@contextmanager
def on_line(line: Line) -> Iterator[None]:
    """Let what this thread waits for in the block be cut with `line`."""
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
