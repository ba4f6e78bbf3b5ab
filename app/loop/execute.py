"""Executing code in the state that the code before it in a path leaves: the path's last, or a cell
beside the path."""

import hashlib
import json
from collections.abc import Sequence
from contextlib import ExitStack

from app.backends.line import current_line
from app.backends.sandboxes.base import Sandbox, Session
from app.core.budget import tokens_in
from app.core.execution import FATAL, Execution
from app.core.fences import source_of
from app.core.outputs import Count, output_step, same_output
from app.core.trace import Step
from app.loop.moves import Beside, Executed, Limits, calls


def execute_step(
    sandbox: Sandbox,
    path: Sequence[Step],
    *,
    limits: Limits,
    seed: int = 0,
    count: Count = tokens_in,
) -> Executed:
    """Execute the last Code step of a path in the state that the earlier ones left.

    A sleeping fork of that state is woken where there is one: it has printed what the path records,
    so it can't have diverged. Else the blocks after the latest fork are executed again, with this
    seed. A block that ends its session (a timeout, say) leaves a fresh one to the next, as it did
    when it was first run. A line that is cut ends the program: it comes back as `sandbox_error`.
    Raises SandboxRefused where code can't be isolated.
    """
    codes = _codes(path)
    with ExitStack() as stack:
        session, diverged = _restored(stack, sandbox, path, codes[:-1], limits, seed)
        execution = _execute(session, path[codes[-1]], limits)
        failed = execution.status == "sandbox_error"
        output = None if failed else _output(execution, path, limits, count)
        if output and not diverged:
            session.keep(_key((*path[: codes[-1] + 1], output), limits, seed))
    return Executed(output, execution, diverged)


def execute_beside(
    sandbox: Sandbox, path: Sequence[Step], at: int, source: str, *, limits: Limits, seed: int = 0
) -> Beside:
    """Execute `source` in the state that the code before step `at` of a path left.

    Nothing is kept of it: what the path's own code goes on from is not touched. Raises
    SandboxRefused where code can't be isolated.
    """
    codes = [code for code in _codes(path) if code < at]
    with ExitStack() as stack:
        session, diverged = _restored(stack, sandbox, path, codes, limits, seed)
        return Beside(session.execute(source, limits.execution), diverged)


def _restored(
    stack: ExitStack,
    sandbox: Sandbox,
    path: Sequence[Step],
    codes: Sequence[int],
    limits: Limits,
    seed: int,
) -> tuple[Session, bool]:
    """A session in the state that these Code steps leave; whether one printed something else."""
    keys = {_key(path[: at + 2], limits, seed): n + 1 for n, at in enumerate(codes)}
    session = _opened(stack, sandbox, seed, tuple(reversed(keys)))
    diverged = False
    for at in codes[keys.get(session.woken, 0) :]:
        again = _execute(session, path[at], limits)
        diverged = diverged or _differs(path[at + 1], again)
        if again.status in FATAL:
            session = _opened(stack, sandbox, seed)
    return session, diverged


def _opened(stack: ExitStack, sandbox: Sandbox, seed: int, wake: Sequence[str] = ()) -> Session:
    """A session that this thread's line can end, as long as it is open."""
    session = stack.enter_context(sandbox.session(seed, wake))
    if line := current_line():
        stack.enter_context(line.ending(session.interrupt))
    return session


def _codes(path: Sequence[Step]) -> list[int]:
    """The Code steps of a path that were executed, or wait for it."""
    return [at for at, step in enumerate(path) if step.kind == "code" and not _refused(path, at)]


def _output(execution: Execution, path: Sequence[Step], limits: Limits, count: Count) -> Step:
    last = calls(path) == limits.max_code_calls
    last_of = limits.max_code_calls if last else None
    return output_step(execution, limits.output_tokens, count=count, last_of=last_of)


def _refused(path: Sequence[Step], at: int) -> bool:
    """Whether the program of a path was not executed."""
    return at + 1 < len(path) and path[at + 1].mark == "refused"


def _key(path: Sequence[Step], limits: Limits, seed: int) -> str:
    """What the state behind the last output comes from, blocks that ended their session too."""
    texts = [step.text for step in path if step.kind in ("code", "output")]
    whole = json.dumps([seed, limits.execution.model_dump(), texts])
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()


def _execute(session: Session, code: Step, limits: Limits) -> Execution:
    return session.execute(source_of(code.text), limits.execution)


def _differs(recorded: Step, again: Execution) -> bool:
    """Whether a block prints something else than the sandbox recorded behind it."""
    ours = recorded.author == "sandbox" and recorded.mark is None
    return ours and not same_output(recorded.text, again)
