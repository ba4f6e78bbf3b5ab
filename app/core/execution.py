"""One run of a Code step: its limits, what was observed of it, and the solves it claims.

Promise: an `Execution` says what the supervisor saw. `status` is never taken from the program;
`exception` and `solves` are what the program says of itself, claims of untrusted code.
What was stored as an older version is read as the newest.

Not here: running anything (`app.backends.sandboxes`), and judging a result.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from app.core.model import Frozen

EXECUTION_VERSION: Literal[3] = 3

Status = Literal[
    "ok",  # the block ran to its end
    "error",  # it ended with an exception
    "timeout",
    "memory",
    "output_limit",
    "crashed",  # it died of a fault: a segmentation fault, an abort
    "killed",  # it died of a signal that neither a fault nor the supervisor explains
    "early_exit",  # its process ended without ending the block
    "sandbox_error",  # the sandbox could not run it; says nothing about the program
]
Level = Literal["full", "landlock", "none"]

FATAL: frozenset[Status] = frozenset(
    {"timeout", "memory", "output_limit", "crashed", "killed", "early_exit", "sandbox_error"}
)
"""After one of these the session is dead."""

Count = Annotated[int, Field(ge=0, le=2**53)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]


MODEL_CHARACTERS = 256 * 1024


class Isolation(Frozen):
    """How tightly untrusted code is held on this machine, and why, in plain words."""

    level: Level
    reason: str


class Limits(Frozen):
    """What one block may use: wall seconds, MB of memory in its process tree, bytes of output.

    `output_bytes` are kept, half from the head and half from the tail; a program that writes
    64 times as much is killed.
    """

    wall_seconds: float = Field(30, gt=0, le=3600, allow_inf_nan=False)
    memory_mb: int = Field(1024, gt=0, le=65536)
    output_bytes: int = Field(65536, gt=0, le=16 * 2**20)


class Solve(Frozen):
    """One call of a solver, as the program's process reported it: a claim, not a fact.

    `status` is in the solver's own words, or "started" where the solve never returned. `variables`
    are all of them; `integers` are those that are not binary. `model` is what was solved, as text
    in `format`; None where `note` says why, or where it is kept apart.
    """

    library: str = Field(max_length=100)
    status: str = Field(max_length=200)
    objective: Number | None = None
    bound: Number | None = None
    gap: Number | None = None
    sense: Literal["min", "max"] | None = None
    variables: Count | None = None
    continuous: Count | None = None
    integers: Count | None = None
    binaries: Count | None = None
    rows: Count | None = None
    nonzeros: Count | None = None
    seconds: Seconds | None = None
    model: str | None = Field(None, max_length=MODEL_CHARACTERS)
    format: Literal["mps", "cp-sat"] | None = None
    note: str = Field("", max_length=200)


class ProgramError(Frozen):
    """The exception that ended a block, as the program's process reported it."""

    type: str = Field(max_length=200)
    message: str = Field(max_length=4000)
    line: int | None = Field(None, ge=0)
    traceback: str = Field(max_length=16384)


class Artefact(Frozen):
    """A file that a block left in its session's folder; `sha256` is "" for one too large."""

    name: str = Field(max_length=200)
    bytes: Count
    sha256: str = Field("", pattern=r"^([0-9a-f]{64})?$")


class Execution(Frozen):
    """What one block did.

    `output` is what goes back into the trace, as a notebook would show it: stdout, then the
    traceback or the reason why it ended early; never warnings, which are in stderr for people.
    Of each stream there is what was kept, the bytes that were written (None where an older version
    did not say), and the bytes left out of the middle. `wall_s` and `cpu_s` are seconds.
    `exit_code` and `signal` are set where the process ended. `reason` says in plain words what a
    status other than ok means. `packages` are the versions of Python and of what was imported
    beforehand; `artefacts` are the files in the session's folder where a block ended. Memory is
    the tree's anonymous and shared memory, with what it was forked with.
    """

    version: Literal[3] = EXECUTION_VERSION
    status: Status
    reason: str = ""
    exit_code: int | None = None
    signal: int | None = None
    output: str = ""
    stdout: str = ""
    stderr: str = ""
    stdout_bytes: Count | None = None
    stderr_bytes: Count | None = None
    stdout_cut: int = 0
    stderr_cut: int = 0
    exception: ProgramError | None = None
    wall_s: Seconds = 0.0
    cpu_s: Seconds = 0.0
    peak_memory_mb: Seconds = 0.0
    isolation: Isolation
    limits: Limits
    seed: int = 0
    solves: tuple[Solve, ...] = ()
    packages: Mapping[str, str] = Field(default_factory=dict)
    artefacts: tuple[Artefact, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _lift(cls, stored: Any) -> Any:
        """Version 1 knew no packages, no artefacts and no models of solves. Version 2 had other
        names for two times, no sizes, and no count of continuous variables."""
        if not isinstance(stored, dict) or stored.get("version") not in (1, 2):
            return stored
        kept = {_RENAMED.get(name, name): value for name, value in stored.items()}
        solves = tuple(_with_continuous(solve) for solve in stored.get("solves", ()))
        return kept | {"version": EXECUTION_VERSION, "solves": solves}


_RENAMED = {"wall_seconds": "wall_s", "cpu_seconds": "cpu_s"}


def _with_continuous(solve: dict[str, Any]) -> dict[str, Any]:
    """A solve of version 1 or 2; those that told no number of variables still don't."""
    if (variables := solve.get("variables")) is None:
        return solve
    whole = (solve.get("integers") or 0) + (solve.get("binaries") or 0)
    return solve | {"continuous": max(variables - whole, 0)}
