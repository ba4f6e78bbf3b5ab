"""What the sandbox service and its client say to each other over a unix socket.

One connection is one session, and its end is the session's end. JSON, one value a line:

    service   a Greeting                       and where it refuses it hangs up
    client    {"seed": 0, "wake": ["…"]}       opens the session
    service   {"woken": "…"}                   where it was asked to wake a fork
    client    {"code": "…", "limits": {…}}     one block, as often as wanted
    service   an Execution                     for each block, in order
    client    {"keep": "…"}                    leave a sleeping fork under this key
    service   {"kept": true}

Promise: neither side reads a line longer than it expects.
"""

import json
from typing import Any, Protocol

from pydantic import Field

from app.core.execution import Isolation, Limits
from app.core.model import Frozen

REQUEST_BYTES = 32 * 2**20
"""The longest line that the service reads: more than any source that a session takes."""
GREETING_BYTES = 65536


class Greeting(Frozen):
    """What the service says first: how it isolates, or why it takes no session now."""

    isolation: Isolation | None = None
    refused: str = ""


class Opening(Frozen):
    """What the client says first: the seed, and the keys of forks of which one may be woken."""

    seed: int
    wake: tuple[str, ...] = Field((), max_length=100)


class Woken(Frozen):
    """The key of the fork that was woken, "" where none was."""

    woken: str


class Kept(Frozen):
    """Whether a fork sleeps."""

    kept: bool


class Lines(Protocol):
    """What can be read line by line: a socket's file."""

    def readline(self, size: int, /) -> bytes: ...


def answer_bytes(limits: Limits) -> int:
    """The longest Execution under these limits: three outputs, escaped, and the claims."""
    return 18 * limits.output_bytes + 4 * 2**20


def to_line(value: Any) -> bytes:
    """One line of JSON."""
    return json.dumps(value).encode() + b"\n"


def read_line(stream: Lines, longest: int) -> bytes:
    """The next line, empty where the other side hung up. Raises ConnectionError if too long."""
    line = stream.readline(longest)
    if line and not line.endswith(b"\n"):
        raise ConnectionError(f"a line was cut short, or is longer than {longest} bytes")
    return line
