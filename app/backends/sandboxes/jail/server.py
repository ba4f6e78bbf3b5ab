"""The fork-server at work: it begins sessions, and cleans up after one whose init was killed.

Promise: no program can kill an init, but the host may (out of memory, by hand); then its processes,
which come here as orphans, are killed and its folder is removed. A session that ends by itself has
seen to both.
"""

import json
import os
import select
import socket
import time
from pathlib import Path
from typing import NamedTuple

from app.backends.sandboxes.jail import confine, linux, scratch, session
from app.backends.sandboxes.jail.init import kill_children

_COUNT_SECONDS = 1.0
"""How old the count of this user's tasks may be: all of /proc is read for it."""


class _Begun(NamedTuple):
    init: int
    folder: Path


class Server:
    """Of one jail, for one supervisor. Alone is a session that has namespaces of its own."""

    def __init__(self, sock: socket.socket, jail: session.Jail) -> None:
        self._socket, self._jail, self._alone = sock, jail, jail.proc is not None
        self._sessions: dict[int, _Begun] = {}  # by a descriptor of their init
        self._count_again = 0.0
        self._poll = select.poll()
        self._poll.register(sock, select.POLLIN)

    def serve(self) -> None:
        """Until the supervisor lets go."""
        if not self._alone:
            linux.prctl(linux.PR_SET_CHILD_SUBREAPER, 1)
        while True:
            for descriptor, _ in self._poll.poll():
                if descriptor in self._sessions:
                    self._bury(descriptor)
                elif not self._hear():
                    return

    def _hear(self) -> bool:
        """Whether the supervisor is still there."""
        message, ends, _, _ = socket.recv_fds(self._socket, 4096, 4)
        if not message:
            return False
        self._begin(session.Ends(*ends), json.loads(message)["seed"])
        for end in ends:
            os.close(end)
        return True

    def _begin(self, ends: session.Ends, seed: int) -> None:
        """What fails is told to the supervisor."""
        try:
            if self._jail.level == "landlock":
                self._count()
            folder = Path("/tmp") if self._alone else scratch.make()
            if not self._alone:  # said first, for init speaks when the program stands ready
                os.write(ends.control, json.dumps({"scratch": str(folder)}).encode())
            init = session.start(session.Plan(ends, self._jail, folder, seed), self._socket)
            descriptor = os.pidfd_open(init)
        except OSError as problem:
            os.write(ends.control, json.dumps({"failed": str(problem)}).encode())
            return
        self._sessions[descriptor] = _Begun(init, folder)
        self._poll.register(descriptor, select.POLLIN)

    def _bury(self, descriptor: int) -> None:
        self._poll.unregister(descriptor)
        os.close(descriptor)
        begun = self._sessions.pop(descriptor)
        _, status = os.waitpid(begun.init, 0)
        if status != 0 and not self._alone:
            kill_children(but={each.init for each in self._sessions.values()})
            scratch.remove(begun.folder)

    def _count(self) -> None:
        if (now := time.monotonic()) >= self._count_again:
            self._jail = self._jail._replace(tasks=confine.tasks_of_this_user())
            self._count_again = now + _COUNT_SECONDS
