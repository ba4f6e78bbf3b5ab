"""HiGHS as the solver that examines models, in a fresh run of the sandbox.

Promise: what comes back was read as bounded JSON of a known shape; the worker reads no model.
"""

import json
from pathlib import Path
from typing import TypeVar

from app.backends.sandboxes.base import Sandbox
from app.backends.solvers.base import SECONDS
from app.core.execution import Limits
from app.core.solved import Changes, Examination, Resolved

_SCRIPT = Path(__file__).with_name("highs_script.py").read_text(encoding="utf-8")
_LIMITS = Limits(wall_seconds=SECONDS, memory_mb=2048, output_bytes=8 * 2**20)
Found = TypeVar("Found", Examination, Resolved)
_TOO_LARGE = "The model is too large to be shown, or its file is broken."


class Highs:
    """Stateless; safe to call from many threads."""

    name = "highs"

    def examine(self, sandbox: Sandbox, text: str, format: str) -> Examination:
        """See `Solver.examine`."""
        if format != "mps":
            return Examination(problem=f"A model in the form {format} can't be read here.")
        return _asked(sandbox, f"main({text!r}, {SECONDS / 4})", Examination)

    def solve_changed(self, sandbox: Sandbox, text: str, format: str, changes: Changes) -> Resolved:
        """See `Solver.solve_changed`."""
        if format != "mps":
            return Resolved(problem=f"A model in the form {format} can't be changed here.")
        told = changes.model_dump_json()
        call = f"main_changed({text!r}, {told!r}, {SECONDS / 4})"
        return _asked(sandbox, call, Resolved)


def _asked(sandbox: Sandbox, call: str, shape: type[Found]) -> Found:
    """What a call of the script printed, in its shape; or the problem in words."""
    execution = sandbox.execute(f"{_SCRIPT}\n{call}", _LIMITS)
    if execution.status != "ok":
        return shape(problem=f"The model could not be examined: {execution.reason}"[:300])
    try:
        return shape.model_validate(json.loads(execution.stdout))
    except (ValueError, RecursionError):
        return shape(problem=_TOO_LARGE)


def make() -> Highs:
    """For the registry."""
    return Highs()
