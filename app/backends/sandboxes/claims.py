"""What a program's process says of itself, read within bounds and believed no further.

Promise: whatever bytes are fed, at most 200 solves of a block are kept and 1 MB of their models; a
line that is no claim, or longer than a model can be, is passed over. Nothing here decides a status
beyond ok and error, which are the program's own to choose: it may always catch its own exception.
"""

import json
from contextlib import suppress
from typing import Any

from app.core.execution import ProgramError, Solve

SOLVES = 200
MODELS = 2**20
"""Characters of all models of a block."""
_LINE = 2**20
_LEFT_OUT = "Too many models: this one was left out."
_BYTES = 16 * 2**20


class Claims:
    """Those of one block. `ended` is whether the block said that it had ended."""

    def __init__(self) -> None:
        self._pending = bytearray()
        self.read = 0
        self._models = 0
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

    def _take_solve(self, key: str, facts: Any) -> None:
        """A later word on a solve adds to what is known of it."""
        known = self._solves.get(key)
        full = known is None and len(self._solves) >= SOLVES
        if len(key) > 40 or full or not isinstance(facts, dict):
            return
        merged = (known.model_dump(exclude_defaults=True) if known else {}) | facts
        solve = Solve.model_validate(merged)
        if solve.model and not (known and known.model):
            self._models += len(solve.model)
            if self._models > MODELS:
                solve = solve.model_copy(update={"model": None, "note": _LEFT_OUT})
        self._solves[key] = solve
