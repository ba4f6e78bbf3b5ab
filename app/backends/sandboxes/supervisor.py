"""A session as its user holds it: blocks go in, executions come out, and nothing outlives it.

Promise: executing never raises for what a program did. A session that is closed, or whose
supervisor dies, is dead with its whole process tree.
"""

import json
import time
from contextlib import suppress
from socket import SHUT_WR
from typing import Protocol

from app.backends.sandboxes import tree
from app.backends.sandboxes.channels import Channels
from app.backends.sandboxes.watch import Live, Watch
from app.core.execution import FATAL, Execution, Isolation, Limits

SOURCE_BYTES = 2**20

_GRACE_SECONDS = 10


class Keeper(Protocol):
    """Who holds the forks of sessions, and knows how many there may be."""

    def keep(self, key: str, session: "SupervisedSession") -> bool: ...


class SupervisedSession:
    """`channels` is None where no session could be opened, and `problem` says why.

    Beside its live process it may hold sleeping ones, by number: forks of earlier states.
    """

    woken = ""

    def __init__(
        self,
        channels: Channels | None,
        problem: str,
        isolation: Isolation,
        seed: int,
        packages: dict[str, str],
        forks: Keeper,
    ) -> None:
        self._channels = channels
        self._isolation, self._seed, self._packages = isolation, seed, packages
        self._dead = problem and f"The sandbox could not open a session: {problem}"
        self._init, self._program, self._scratch = 0, 0, ""
        self._sleeping: dict[int, int] = {}
        self._forks, self._fit = forks, False

    def execute(self, code: str, limits: Limits) -> Execution:
        began = time.monotonic()
        self._fit = False
        execution = self._run(code, limits)
        if execution.status in FATAL and not self._dead:
            self._dead = f"The session is over: an earlier block ended as {execution.status}."
            if not self._sleeping:
                self.close()
        return execution.model_copy(update={"wall_s": time.monotonic() - began})

    def keep(self, key: str) -> bool:
        return self._fit and not self._dead and self._forks.keep(key, self)

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

    def fork(self) -> int | None:
        """Leave a sleeping copy of the live process; its number, None where it can't be copied.

        It can be where the live process is all the state there is: no other process, no thread, no
        file. What fails for good ends the session.
        """
        alone = set(tree.children(self._init)) - set(self._sleeping.values()) == {self._program}
        if self._channels is None or not alone or tree.children(self._program):
            return None
        try:
            if number := self._ask("keep"):
                self._sleeping[number] = tree.named(tree.children(self._init), number)
                if tree.threads(self._program) > 1:  # a copy has but one of them
                    self.drop(number)
                    number = None
        except OSError as problem:
            self._dead = f"The sandbox failed: {problem or type(problem).__name__}"
            self.close()
            return None
        return number

    def wake(self, number: int) -> bool:
        """Go on from a copy of this sleeping process, in place of the live one."""
        try:
            if self._channels is not None:
                self._channels.flush()
            if woken := self._ask(f"wake {number}"):
                self._program = tree.named(tree.children(self._init), woken)
                self._dead = ""
                return True
        except OSError:
            self.close()
        return False

    @property
    def sleeping(self) -> frozenset[int]:
        """The numbers of its forks."""
        return frozenset(self._sleeping)

    def drop(self, number: int) -> None:
        """End this sleeping process."""
        if self._channels is not None and self._sleeping.pop(number, 0):
            with suppress(OSError):
                self._channels.control.send(f"drop {number}".encode())

    def rest(self) -> bool:
        """End the live process. Whether the sleeping ones can still be woken."""
        try:
            if self._channels is not None and self._sleeping:
                self._channels.control.settimeout(_GRACE_SECONDS)
                self._channels.ask("rest")
                return True
        except OSError:
            self.close()
        return False

    def _ask(self, words: str) -> int | None:
        if self._channels is None:
            raise ConnectionError("the session is over")
        self._channels.control.settimeout(_GRACE_SECONDS)
        answer: int | None = self._channels.ask(words)["fork"]
        return answer

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
            live = Live(self._init, self._program, frozenset(self._sleeping.values()))
            watch = Watch(self._channels, live, limits, self._scratch)
            watch.run(source)
            self._fit = watch.left_nothing
            if watch.status in FATAL and not self.rest():
                end(self._channels)
            return watch.result(result)
        except OSError as problem:
            reason = f"The sandbox failed: {problem or type(problem).__name__}"
            return result.model_copy(update={"reason": reason})

    def _greet(self, channels: Channels) -> None:
        if self._init:
            return
        self._init, greeting = channels.receive_greeting(_GRACE_SECONDS)
        if "stopped" not in greeting:
            raise OSError(greeting.get("failed") or channels.last_words())
        self._scratch = greeting.get("scratch", "")
        self._program = next(iter(tree.children(self._init)), 0)


def end(channels: Channels) -> None:
    """Let go of the session and wait until its init, the last one, has let go too.

    Raises TimeoutError where it does not.
    """
    channels.control.shutdown(SHUT_WR)
    channels.control.settimeout(_GRACE_SECONDS)
    while channels.control.recv(4096):
        pass
