"""The seam between whoever wants a model examined and the solver that does it.

Promise: examining never raises for what a model is; an examination says what was found, or why
there is nothing. Reading and solving happen in the sandbox: the model's text is hostile.
"""

from typing import Protocol

from app.backends.sandboxes.base import Sandbox
from app.core.solved import Changes, Examination, Resolved

SECONDS = 20.0
"""What examining may take; each of its solves gets a quarter."""


class Solver(Protocol):
    """Reads an exported model, solves it again, changed or not, and says why it can't be solved."""

    name: str

    def examine(self, sandbox: Sandbox, text: str, format: str) -> Examination:
        """`text` in `format` (mps), solved with and without integrality.

        Raises SandboxRefused where code can't be isolated.
        """
        ...

    def solve_changed(self, sandbox: Sandbox, text: str, format: str, changes: Changes) -> Resolved:
        """`text` in `format` (mps), solved as it is and with the changes.

        Raises SandboxRefused where code can't be isolated.
        """
        ...
