"""Driving the loop to the end in one go: for rollouts and scripts, which store nothing between."""

from app.backends.reasoners.base import Reasoner, Request, Usage
from app.backends.sandboxes.base import Sandbox
from app.core.errors import Refused
from app.core.execution import Execution
from app.core.trace import Outcome, Step
from app.loop.execute import execute_step
from app.loop.moves import Limits, RunResult, ending, next_move
from app.loop.write import add_usage, write_step


def run(
    reasoner: Reasoner, sandbox: Sandbox, request: Request, *, limits: Limits, seed: int = 0
) -> RunResult:
    """Go on with the request's path until it is closed.

    Raises SandboxRefused where code can't be isolated, and Refused for a path that is complete.
    """
    if next_move(request.path, limits) is None:
        raise Refused("This path is complete.")
    path: tuple[Step, ...] = request.path
    executions: dict[int, Execution] = {}
    usage, diverged, detail = Usage(), False, ""
    outcome: Outcome | None = None
    while outcome is None:
        if next_move(path, limits) == "execute":
            executed = execute_step(sandbox, path, limits=limits, seed=seed)
            executions[len(path) - 1] = executed.execution
            diverged = diverged or executed.diverged
            if executed.step is None:
                outcome, detail = "sandbox_error", executed.execution.reason
            else:
                path = (*path, executed.step)
                if next_move(path, limits) is None:
                    outcome, detail = ending(path)
        else:
            written = write_step(reasoner, request.model_copy(update={"path": path}), limits=limits)
            path, outcome, detail = (*path, *written.steps), written.outcome, written.detail
            usage = add_usage(usage, written.usage)
    return RunResult(path, outcome, executions, diverged, usage, detail)
