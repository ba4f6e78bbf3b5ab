"""What the loop may do next on a path, within which limits, and what each move gives back."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from pydantic import Field

from app.backends.reasoners.base import Usage
from app.core.errors import ModelError
from app.core.execution import Execution
from app.core.execution import Limits as ExecutionLimits
from app.core.fences import open_fence
from app.core.model import Frozen
from app.core.trace import Outcome, Step
from app.loop.repetition import goes_round

Move = Literal["write", "execute"]


class Limits(Frozen):
    """What one path may use besides its tokens, which belong to the request.

    `output_tokens` of a program's output go into the trace, half from its head and half from its
    tail; the execution keeps more.
    """

    max_code_calls: int = Field(8, ge=0)
    output_tokens: int = Field(2_048, gt=0)
    execution: ExecutionLimits = ExecutionLimits()


class Written(NamedTuple):
    """What the Reasoner wrote. `outcome` closes the branch; None where code is to be executed.

    `failure` is why a reply broke off, where the model's server is to blame.
    """

    steps: tuple[Step, ...]
    outcome: Outcome | None
    usage: Usage = Usage()
    detail: str = ""
    failure: ModelError | None = None


class Ending(NamedTuple):
    """What a path came to, and more of it in words."""

    outcome: Outcome
    detail: str = ""


class Executed(NamedTuple):
    """What the last Code step of a path did.

    `step` is its Output, None where the sandbox itself failed. `diverged`: an earlier block, run
    again to restore the state, printed something else than the path records.
    """

    step: Step | None
    execution: Execution
    diverged: bool


class Beside(NamedTuple):
    """What a cell beside a path did; `diverged` as in `Executed`."""

    execution: Execution
    diverged: bool


class RunResult(NamedTuple):
    """A closed path. `executions` are by the index of the Code step that each ran."""

    path: tuple[Step, ...]
    outcome: Outcome
    executions: Mapping[int, Execution]
    diverged: bool
    usage: Usage
    detail: str = ""


def whole(path: Sequence[Step]) -> tuple[Step, ...]:
    """The steps of a path that can be gone on with, where its last reply broke off.

    An answer, or a block inside whose fence it broke off, is left out and written anew.
    """
    last = path[-1] if path else None
    broken = last and (last.kind == "answer" or open_fence(last.text) is not None)
    return tuple(path[:-1] if broken else path)


def next_move(path: Sequence[Step], limits: Limits) -> Move | None:
    """What an open path waits for; None where it is complete, goes round, or its calls are used."""
    if not path:
        return "write"
    last = path[-1]
    if last.kind == "answer":
        return None
    if last.kind != "code":
        return None if goes_round(path) else "write"
    closed = open_fence(last.text) is None
    return "execute" if closed and calls(path) <= limits.max_code_calls else None


def calls(path: Sequence[Step]) -> int:
    """The programs of a path, executed or not."""
    return sum(step.kind == "code" for step in path)


def ending(path: Sequence[Step]) -> Ending:
    """How a path that waits for nothing ended."""
    last = path[-1] if path else None
    if last and last.kind == "answer":
        return Ending("answered")
    if last and last.kind == "code":
        return Ending("code_limit")
    circle = goes_round(path)
    return Ending("repetition", circle) if circle else Ending("unanswered")
