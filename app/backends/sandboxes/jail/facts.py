"""Says of each solve in the program's process what is solved, and what became of it.

A solve inside another (pulp calling highspy) is told once, by the outer one; the inner one lends
its model where the outer has none to show. It is told twice over: before it starts, so that a solve
that is killed keeps its model, and when it returns. All of it is a claim of untrusted code.
"""

import functools
import json
import math
import os
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from app.backends.sandboxes.jail.form import Facts, Form, describe

_TOLD = 1000
"""Solves of a process that are told; a program may well make thousands."""

_talk: socket.socket | None = None
_sending = threading.Lock()
_now = threading.local()
_counter = iter(range(sys.maxsize))


def report_to(talk: socket.socket) -> None:
    global _talk
    _talk = talk


def send(frame: Facts) -> None:
    """One claim, as one line."""
    if _talk is not None:
        with _sending:
            _talk.sendall(json.dumps(frame).encode() + b"\n")


def watched(
    library: str,
    solve: Callable[..., Any],
    form: Callable[..., Form] | None,
    result: Callable[..., Facts],
) -> Callable[..., Any]:
    """`solve`, telling what it does. `form` gets its arguments, `result` what it returned first.

    Without `form` the model is the one that a solve inside it lends.
    """

    def described(*args: Any, **kwargs: Any) -> Facts:
        return describe(form(*args, **kwargs)) if form else {}

    @functools.wraps(solve)
    def telling(*args: Any, **kwargs: Any) -> Any:
        outer: _Told | None = getattr(_now, "solve", None)
        if outer is not None:
            outer.lend(lambda: described(*args, **kwargs))
            return solve(*args, **kwargs)
        if (number := next(_counter)) >= _TOLD:
            return solve(*args, **kwargs)
        told = _Told(f"{os.getpid()}-{number}", library, lambda: described(*args, **kwargs))
        _now.solve, began = told, time.perf_counter()
        end: Facts = {"status": "raised"}
        try:
            returned = solve(*args, **kwargs)
            end = _ask(lambda: result(returned, *args, **kwargs)) or {"status": "unknown"}
            return returned
        finally:
            _now.solve = None
            told.tell(end | {"seconds": time.perf_counter() - began})

    return telling


class _Told:
    """A solve that is going on."""

    def __init__(self, key: str, library: str, describe: Callable[[], Facts]) -> None:
        self._key = key
        self._described = _ask(describe)
        self.tell({"library": library, "status": "started"} | self._described)

    def lend(self, describe: Callable[[], Facts]) -> None:
        """Take the model of a solve inside this one, where this one could show none."""
        if not self._described:
            self._described = _ask(describe)
            self.tell(self._described)

    def tell(self, facts: Facts) -> None:
        with suppress(Exception):
            send({"key": self._key, "solve": facts})


def finite(value: Any) -> float | None:
    """`value` as a number, None where it is none that can be stored."""
    return float(value) if value is not None and math.isfinite(value) else None


def _ask(question: Callable[[], Facts]) -> Facts:
    """A model in a state that can't be asked must not break the program that solves it."""
    with suppress(Exception):
        return question()
    return {}
