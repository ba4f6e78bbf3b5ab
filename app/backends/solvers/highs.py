"""HiGHS as the solver that examines models, in a fresh run of the sandbox.

Promise: what comes back was read as bounded JSON of a known shape; the worker reads no model.
"""

import json
from pathlib import Path

from pydantic import ValidationError

from app.backends.sandboxes.base import Sandbox
from app.backends.solvers.base import SECONDS
from app.core.execution import Limits
from app.core.solved import Examination

_SCRIPT = Path(__file__).with_name("highs_script.py").read_text(encoding="utf-8")
_LIMITS = Limits(wall_seconds=SECONDS, memory_mb=2048, output_bytes=8 * 2**20)


class Highs:
    """Stateless; safe to call from many threads."""

    name = "highs"

    def examine(self, sandbox: Sandbox, text: str, format: str) -> Examination:
        """See `Solver.examine`."""
        if format != "mps":
            return Examination(problem=f"A model in the form {format} can't be read here.")
        seconds = SECONDS / 4
        execution = sandbox.execute(f"{_SCRIPT}\nmain({text!r}, {seconds})", _LIMITS)
        if execution.status != "ok":
            return Examination(problem=f"The model could not be examined: {execution.reason}"[:300])
        try:
            return Examination.model_validate(json.loads(execution.stdout))
        except (ValueError, RecursionError, ValidationError):
            return Examination(problem="The model is too large to be shown, or its file is broken.")


def make() -> Highs:
    """For the registry."""
    return Highs()
