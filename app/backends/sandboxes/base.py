"""The seam between whoever needs code executed and whatever executes it.

Promise: executing never raises for what a program did or is; every failure is an `Execution`
with a status and a reason. Only opening a sandbox may raise, with `SandboxRefused`.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from app.core.errors import CalmError
from app.core.execution import Execution, Isolation, Limits


class SandboxRefused(CalmError):
    """Code can't be isolated on this machine; the message says why and what would help."""


class Session(Protocol):
    """One interpreter in which the blocks of a trace share state, as in a notebook.

    Between blocks it is frozen. After a fatal status it is dead, and every further block
    comes back as `sandbox_error`, saying so. For one thread at a time, but for `interrupt`.
    """

    @property
    def woken(self) -> str:
        """The key of the fork that it was woken from, "" for a fresh interpreter."""
        ...

    def execute(self, code: str, limits: Limits) -> Execution: ...

    def keep(self, key: str) -> bool:
        """Leave a sleeping fork of this state, for `Sandbox.session` to wake by its key.

        Whether it sleeps: there may be no room, and it can't be where the last block failed for
        good, or left a file, a process or a thread. The key stands for all that led here: the
        seed, the limits, the blocks and what they printed.
        """
        ...

    def interrupt(self) -> None:
        """End it from another thread: a block that runs comes back as `sandbox_error`."""
        ...


class Sandbox(Protocol):
    """A place for untrusted code; safe to call from many threads at once."""

    @property
    def isolation(self) -> Isolation: ...

    def session(self, seed: int = 0, wake: Sequence[str] = ()) -> AbstractContextManager[Session]:
        """An interpreter, dead with its whole process tree when the block is left.

        It goes on from the first of the forks `wake` that still sleeps, which then sleeps on, and
        is a fresh one where none does. Forks that it keeps outlive it.
        """
        ...

    def execute(self, code: str, limits: Limits) -> Execution:
        """One block in a session of its own."""
        ...

    def close(self) -> None:
        """End it and everything that still runs in it."""
        ...
