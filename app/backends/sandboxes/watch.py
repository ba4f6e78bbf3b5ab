"""Watches one block from outside, and decides what became of it.

Promise: the status comes from the kernel's word (how the program's process stopped or died, passed
on by a trusted init) and from this process's own clock and counts, never from what the program
sent. Whether a block that ran to its end raised is the program's own word: it may always
catch its own exception.
"""

import json
import os
import selectors
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NamedTuple

from app.backends.sandboxes import tree
from app.backends.sandboxes.capture import Capture, clean
from app.backends.sandboxes.channels import Channels
from app.backends.sandboxes.claims import Claims
from app.backends.sandboxes.jail.scratch import SCRATCH_MB, stored_mb
from app.core.execution import Artefact, Execution, Limits, Status

FLOOD = 64
"""A program is killed when it has written this many times what is kept."""

_TICK_SECONDS = 0.02
_CHUNK = 65536
_FAULTS = (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL)


class Live(NamedTuple):
    """As the host knows them: a session's init, its live process, its sleeping forks."""

    init: int
    program: int
    sleeping: frozenset[int]

    def processes(self) -> Iterator[int]:
        """All that runs when a block does."""
        return tree.descendants(self.init, but=self.sleeping)


class Watch:
    """One block under `limits`. After `run`, `status` is known and `result` tells all.

    `live` are the session's processes. `scratch` is its folder, where no file system of a fixed
    size is around it.
    """

    def __init__(self, channels: Channels, live: "Live", limits: Limits, scratch: str) -> None:
        self._channels, self._live, self._limits = channels, live, limits
        self._scratch, self._next_count = scratch, 0.0
        self._stdout = Capture(limits.output_bytes)
        self._stderr = Capture(limits.output_bytes)
        self._claims = Claims()
        self._ended: dict[str, Any] = {}
        self._peak = 0.0
        self._cpu_before = self._cpu = 0.0
        self.status: Status | None = None
        self._reason = ""

    def run(self, source: bytes) -> None:
        """Resume the program with this block and stay until it ended or broke a limit.

        Raises OSError where the session itself fails.
        """
        self._cpu_before = self._measure(kill=False)
        tree.limit_data(self._live.program, self._limits.memory_mb)
        self._channels.control.send(b"go")
        with selectors.DefaultSelector() as selector:
            for place in (self._channels.stdout, self._channels.stderr, self._channels.control):
                selector.register(place, selectors.EVENT_READ)
            both = selectors.EVENT_READ | selectors.EVENT_WRITE
            selector.register(self._channels.talk, both, bytearray(source))
            self._loop(selector)
        if self.status is None:
            self._drain()
            self._judge()

    @property
    def left_nothing(self) -> bool:
        """Whether the block ended and its folder is empty."""
        return bool(self._ended.get("empty"))

    def result(self, execution: Execution) -> Execution:
        """`execution` with what was seen. The session's processes are frozen or dead by now."""
        self._drain()
        code = self._ended.get("exit")
        return execution.model_copy(
            update={
                "status": self.status,
                "reason": self._reason,
                "exit_code": code if code is not None and code >= 0 else None,
                "signal": -code if code is not None and code < 0 else None,
                "output": self._output(),
                "stdout": self._stdout.text(),
                "stderr": self._stderr.text(),
                "stdout_bytes": self._stdout.size,
                "stderr_bytes": self._stderr.size,
                "stdout_cut": self._stdout.cut,
                "stderr_cut": self._stderr.cut,
                "exception": self._claims.exception,
                "cpu_s": max(self._cpu - self._cpu_before, 0.0),
                "peak_memory_mb": self._peak,
                "solves": self._claims.solves,
                "artefacts": tuple(
                    Artefact.model_validate(each) for each in self._ended.get("artefacts", ())
                ),
            }
        )

    def _output(self) -> str:
        problem = self._claims.exception
        last = clean(problem.traceback) if problem else ""
        if self.status not in ("ok", "error") and not last:
            last = f"[{self.status}] {self._reason}\n"
        printed = self._stdout.text()
        return printed + ("\n" if printed and last and not printed.endswith("\n") else "") + last

    def _loop(self, selector: selectors.BaseSelector) -> None:
        deadline = time.monotonic() + self._limits.wall_seconds
        look = time.monotonic() + _TICK_SECONDS
        while self.status is None and not self._ended:
            for key, mask in selector.select(_TICK_SECONDS):
                if not self._serve(selector, key, mask):
                    selector.unregister(key.fileobj)
            if (now := time.monotonic()) >= deadline:
                self._break("timeout", f"It ran for {self._limits.wall_seconds:g} s.")
            elif now >= look:
                look = now + _TICK_SECONDS
                self._cpu = self._measure(kill=True)
                self._count_files()

    def _serve(
        self, selector: selectors.BaseSelector, key: selectors.SelectorKey, mask: int
    ) -> bool:
        """Whether there may be more to come from this channel."""
        channels = self._channels
        if key.fileobj is channels.control:
            self._ended = json.loads(
                channels.control.recv(_CHUNK) or b'{"failed": "its init died"}'
            )
            if "failed" in self._ended:
                raise OSError(self._ended["failed"])
            return True
        if key.fileobj is channels.talk:
            if mask & selectors.EVENT_WRITE:
                self._write(selector, key)
            return not mask & selectors.EVENT_READ or self._hear()
        if key.fileobj == channels.stderr:
            return self._read(channels.stderr, self._stderr)
        return self._read(channels.stdout, self._stdout)

    def _write(self, selector: selectors.BaseSelector, key: selectors.SelectorKey) -> None:
        with suppress(BlockingIOError, BrokenPipeError, ConnectionResetError):
            del key.data[: self._channels.talk.send(key.data)]
        if not key.data:
            selector.modify(key.fileobj, selectors.EVENT_READ, key.data)

    def _hear(self) -> bool:
        try:
            data = self._channels.talk.recv(_CHUNK)
        except BlockingIOError:
            return True
        except ConnectionResetError:
            return False
        self._claims.feed(data)
        return bool(data)

    def _read(self, descriptor: int, capture: Capture) -> bool:
        try:
            data = os.read(descriptor, _CHUNK)
        except BlockingIOError:
            return True
        capture.feed(data)
        written = self._stdout.size + self._stderr.size
        if written > FLOOD * self._limits.output_bytes:
            self._break("output_limit", f"It wrote {written} bytes and went on.")
        return bool(data)

    def _drain(self) -> None:
        """What was written before the end and not yet read."""
        for descriptor, capture in (
            (self._channels.stdout, self._stdout),
            (self._channels.stderr, self._stderr),
        ):
            before = -1
            while self.status != "output_limit" and capture.size != before:
                before = capture.size
                self._read(descriptor, capture)
        heard = -1
        while heard != self._claims.read:
            heard = self._claims.read
            self._hear()

    def _measure(self, kill: bool) -> float:
        """CPU seconds of the session so far; a tree that is too large is on its way out."""
        usage = tree.measure(self._live.processes())
        self._peak = max(self._peak, usage.memory_mb)
        if kill and usage.memory_mb > self._limits.memory_mb:
            self._break("memory", f"Its processes held {usage.memory_mb:.0f} MB.")
        return usage.cpu_seconds

    def _count_files(self) -> None:
        """Those of a session without a file system of its own; the more there are, the rarer."""
        began = time.monotonic()
        if self._scratch and began >= self._next_count:
            if stored_mb(self._scratch) > SCRATCH_MB:
                self._break("output_limit", f"Its files took more than {SCRATCH_MB} MB.")
            now = time.monotonic()
            self._next_count = now + 10 * (now - began)

    def _break(self, status: Status, reason: str) -> None:
        if self.status is None:
            self.status, self._reason = status, reason

    def _judge(self) -> None:
        if "stopped" in self._ended:
            self._cpu = self._measure(kill=False)
            self._judge_end()
            return
        self._cpu = max(self._cpu, self._cpu_before + self._ended["cpu"])
        code = self._ended["exit"]
        if code >= 0:
            self._break("early_exit", f"Its process ended with exit code {code} mid-block.")
        elif -code in _FAULTS:
            self._break("crashed", f"Its process died of {signal.Signals(-code).name}.")
        else:
            self._break("killed", f"Its process was killed by signal {-code}.")

    def _judge_end(self) -> None:
        problem = self._claims.exception
        if not self._claims.ended:
            self._break("early_exit", "Its process stopped without ending the block.")
        elif problem is None:
            self._break("ok", "")
        elif problem.type == "MemoryError":
            self._break("memory", "It was refused the memory it asked for.")
        else:
            self._break("error", f"{problem.type}: {problem.message}"[:300])
