"""Executing all the code of a finished path once more, to see what a reader of it could have seen.

Not here: `execute_step`, which executes the last code of a path that grows.
"""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from itertools import pairwise
from typing import NamedTuple

from app.backends.sandboxes.base import Sandbox
from app.core.execution import FATAL, Execution
from app.core.fences import source_of
from app.core.outputs import same_output
from app.core.trace import Step
from app.loop.moves import Limits


class Replayed(NamedTuple):
    """The executions by the index of their Code step; `differs` is the first Output step of the
    path that the code before it did not print this time, None where all came again."""

    executions: Mapping[int, Execution]
    differs: int | None


def replay(sandbox: Sandbox, path: Sequence[Step], limits: Limits, seed: int = 0) -> Replayed:
    """Execute the code that has an output behind it, in one session, up to the first difference.

    A block that ends its session leaves a fresh one to the next. White space behind an output's
    last fence makes no difference. Raises SandboxRefused where code can't be isolated.
    """
    executions: dict[int, Execution] = {}
    with ExitStack() as stack:
        session = stack.enter_context(sandbox.session(seed))
        for at, (code, output) in enumerate(pairwise(path)):
            if (
                code.kind != "code"
                or output.kind != "output"
                or output.mark in ("forged", "refused")
            ):
                continue
            done = session.execute(source_of(code.text), limits.execution)
            executions[at] = done
            if not same_output(output.text, done):
                return Replayed(executions, at + 1)
            if done.status in FATAL:
                session = stack.enter_context(sandbox.session(seed))
    return Replayed(executions, None)
