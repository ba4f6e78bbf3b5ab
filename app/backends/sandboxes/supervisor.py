"""A session as its user holds it: blocks go in, executions come out, and nothing outlives it.

Promise: executing never raises for what a program did. A session that is closed, or whose
supervisor dies, is dead with its whole process tree.
"""

import json
import time
from contextlib import suppress
from socket import SHUT_WR

from app.backends.sandboxes.channels import Channels
from app.backends.sandboxes.watch import Watch
from app.core.execution import FATAL, Execution, Isolation, Limits

SOURCE_BYTES = 2**20

_GRACE_SECONDS = 10


class SupervisedSession:
    """`channels` is None where no session could be opened, and `problem` says why."""

    def __init__(
        self,
        channels: Channels | None,
        problem: str,
        isolation: Isolation,
        seed: int,
        packages: dict[str, str],
    ) -> None:
        self._channels = channels
        self._isolation, self._seed, self._packages = isolation, seed, packages
        self._dead = problem and f"The sandbox could not open a session: {problem}"
        self._warden, self._scratch = 0, ""

    def execute(self, code: str, limits: Limits) -> Execution:
        began = time.monotonic()
        execution = self._run(code, limits)
        if execution.status in FATAL and not self._dead:
            self._dead = f"The session is over: an earlier block ended as {execution.status}."
            self.close()
        return execution.model_copy(update={"wall_seconds": time.monotonic() - began})

    def interrupt(self) -> None:
        if (channels := self._channels) is not None:
            with suppress(OSError):  # closed meanwhile
                channels.control.shutdown(SHUT_WR)

    def close(self) -> None:
        """End every process of the session; returns when the kernel says they are gone."""
        channels, self._channels = self._channels, None
        if channels is not None:
            with suppress(OSError):
                end(channels)
            channels.close()

    def _run(self, code: str, limits: Limits) -> Execution:
        result = Execution(
            status="sandbox_error",
            isolation=self._isolation,
            limits=limits,
            seed=self._seed,
            packages=self._packages,
        )
        if self._channels is None or self._dead:
            return result.model_copy(update={"reason": self._dead})
        source = json.dumps(code).encode() + b"\n"
        if len(source) > SOURCE_BYTES:
            reason = f"The source is longer than {SOURCE_BYTES} bytes."
            return result.model_copy(update={"status": "error", "reason": reason})
        try:
            self._greet(self._channels)
            watch = Watch(self._channels, self._warden, limits, self._scratch)
            watch.run(source)
            if watch.status in FATAL:
                end(self._channels)
            return watch.result(result)
        except OSError as problem:
            reason = f"The sandbox failed: {problem or type(problem).__name__}"
            return result.model_copy(update={"reason": reason})

    def _greet(self, channels: Channels) -> None:
        if self._warden:
            return
        self._warden, greeting = channels.receive_greeting(_GRACE_SECONDS)
        self._scratch = greeting.get("scratch", "")
        answer = json.loads(channels.control.recv(65536) or b"{}") | greeting
        if "stopped" not in answer:
            raise OSError(answer.get("failed") or channels.last_words())


def end(channels: Channels) -> None:
    """Let go of the session and wait until its warden, the last one, has let go too.

    Raises TimeoutError where it does not.
    """
    channels.control.shutdown(SHUT_WR)
    channels.control.settimeout(_GRACE_SECONDS)
    while channels.control.recv(4096):
        pass
