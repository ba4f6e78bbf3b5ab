"""What a program's process says of itself, read within bounds and believed no further.

Promise: whatever bytes are fed, at most 64 KB of a line and 200 solves of a block are kept; a line
that is no claim is passed over. Nothing here decides a status beyond ok and error, which are the
program's own to choose: it may always catch its own exception.
"""

import json
from contextlib import suppress
from typing import Any

from app.core.execution import ProgramError, Solve

SOLVES = 200
_LINE = 64 * 1024
_BYTES = 4 * 2**20


class Claims:
    """Those of one block. `ended` is whether the block said that it had ended."""

    def __init__(self) -> None:
        self._pending = bytearray()
        self.read = 0
        self._solves: dict[str, Solve] = {}
        self.ended = False
        self.exception: ProgramError | None = None

    @property
    def solves(self) -> tuple[Solve, ...]:
        return tuple(self._solves.values())

    def feed(self, data: bytes) -> None:
        self.read += len(data)
        *lines, rest = (self._pending + data).split(b"\n")
        self._pending = rest[:_LINE]
        for line in lines:
            if self.read <= _BYTES or line.startswith(b'{"end"'):
                self._take(line)

    def _take(self, line: bytearray) -> None:
        with suppress(ValueError, RecursionError):
            claim = json.loads(line)
            if not isinstance(claim, dict):
                return
            if "end" in claim:
                end = claim["end"]
                self.exception = None if end is None else ProgramError.model_validate(end)
                self.ended = True
            else:
                self._take_solve(str(claim.get("key")), claim.get("solve"))

    def _take_solve(self, key: str, solve: Any) -> None:
        if len(key) <= 40 and (key in self._solves or len(self._solves) < SOLVES):
            self._solves[key] = Solve.model_validate(solve)
