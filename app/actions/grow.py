"""Letting a branch grow by one move: the Reasoner writes, or the sandbox executes what it wrote.

Promises: a crash costs the step that was being written and nothing else; no transaction is open
while a model or a program runs. A model server that can't answer now is waited for, and holds no
worker meanwhile; whatever else goes wrong closes the branch with an outcome that a person can see
and retry. Each move ends with the job queued again, for the next one or for later, or done.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from app.actions.close_branch import close_branch
from app.actions.keep_execution import keep_execution
from app.actions.models import counter_of, loop_limits, reasoner_of, request_of, sandbox
from app.actions.ports import Ports
from app.actions.projects import prompts_of
from app.actions.record import WORKER, from_to, get, record_on_branch
from app.actions.spending import add_usage, cap_refusal
from app.actions.work import Held, Lost, go_on, let_go, put, put_off
from app.backends.reasoners.abilities import recorded
from app.backends.reasoners.base import Reasoner, Request, Usage
from app.core.errors import CalmError, ModelError
from app.core.execution import Execution
from app.core.outputs import Count
from app.core.stage import stage_of
from app.core.trace import Outcome, Step
from app.db.convert import add_steps, located_path, path_of, root_of
from app.db.session import reading, transaction
from app.db.tables import Branch, Job, Project, Queue
from app.live import announce, stream_text, trace_channel
from app.loop import Limits, Move, ending, execute_step, next_move, whole, write_step

_SHOWN_EVERY = 0.15
"""Seconds between two pieces of text that is being written, as open pages get it."""


@dataclass(frozen=True)
class _Task:
    """What one move needs to know, read before it begins."""

    branch_id: int
    trace_id: int
    seed: int
    path: tuple[Step, ...]
    move: Move | None
    limits: Limits
    refusal: str | None
    count: Count


@dataclass(frozen=True)
class _Result:
    """What one move brought; `outcome` None means that the branch goes on."""

    steps: tuple[Step, ...] = ()
    outcome: Outcome | None = None
    detail: str = ""
    usage: Usage | None = None
    execution: Execution | None = None
    diverged: bool = False
    failure: ModelError | None = None


def grow_branch(ports: Ports, held: Held) -> None:
    """Make the next move of the branch that `held` is about, and append what it brought."""
    task = _read(ports, held)
    try:
        result = _move(ports, held, task)
    except CalmError as error:
        failed: Outcome = "sandbox_error" if task.move == "execute" else "model_error"
        result = _Result(outcome=failed, detail=str(error))
    _record_usage(ports, task, result)
    try:
        with transaction(ports.engine) as session:
            _append(session, held, task, result)
    except Lost:
        return


def queue_of(move: Move | None) -> Queue:
    """Which queue makes a move: models answer in threads, programs run where there are cores."""
    return "execution" if move == "execute" else "model"


def _read(ports: Ports, held: Held) -> _Task:
    with reading(ports.engine) as session:
        branch = get(session, Branch, held.branch_id or 0)
        project = get(session, Project, held.project_id)
        path, limits = path_of(branch), loop_limits(project)
        return _Task(
            branch_id=branch.id,
            trace_id=branch.trace_id,
            seed=root_of(branch).seed,
            path=path,
            move=None if branch.outcome else next_move(path, limits),
            limits=limits,
            refusal=cap_refusal(session, project),
            count=counter_of(project),
        )


def _move(ports: Ports, held: Held, task: _Task) -> _Result:
    if task.move == "execute":
        return _execute(task)
    if task.move == "write":
        return _write(ports, held, task)
    return _Result(**ending(task.path)._asdict())


def _write(ports: Ports, held: Held, task: _Task) -> _Result:
    if task.refusal:
        return _Result(outcome="spending_cap", detail=task.refusal)
    reasoner, request = _asked(ports, held, task)
    written = write_step(
        reasoner,
        request,
        limits=task.limits,
        on_text=_streamer(task),
        stopped=held.lost.is_set,
    )
    return _Result(
        written.steps, written.outcome, written.detail, written.usage, failure=written.failure
    )


def _asked(ports: Ports, held: Held, task: _Task) -> tuple[Reasoner, Request]:
    """The Reasoner and what it is asked; the branch records both before the first word.

    It is made before anything is written: that loads libraries, and holds nobody up.
    """
    with reading(ports.engine) as session:
        branch = get(session, Branch, task.branch_id)
        project = get(session, Project, held.project_id)
        reasoner, request = reasoner_of(session, project), request_of(project, branch, task.path)
        uncounted = [row for row in branch.steps if row.kind == "hint" and row.tokens is None]
    counts = {row.id: reasoner.count(row.text) for row in uncounted}
    with transaction(ports.engine) as session:
        branch = get(session, Branch, task.branch_id)
        branch.settings = {
            "reasoner": recorded(project.reasoner),
            "model": reasoner.name,
            "continuation": reasoner.continuation,
            "sampling": request.sampling.model_dump(),
            "system": request.system,
            "prompt": prompts_of(project).for_reasoner.version,
        }
        branch.stage = stage_of(project.reasoner)
        for row in branch.steps:
            row.tokens = counts.get(row.id, row.tokens)
        if held.waits:  # open pages say that it waits
            readers = branch.id if branch.trial else None
            announce(session, trace_channel(task.trace_id), "trace", branch=readers)
    return reasoner, request


def _execute(task: _Task) -> _Result:
    done = execute_step(sandbox(), task.path, limits=task.limits, seed=task.seed, count=task.count)
    if done.step is None:
        reason = done.execution.reason
        return _Result(outcome="sandbox_error", detail=reason, execution=done.execution)
    return _Result((done.step,), execution=done.execution, diverged=done.diverged)


def _append(session: Session, held: Held, task: _Task, result: _Result) -> None:
    """Write what a move brought, in one transaction with the job's next state."""
    if result.failure and result.failure.retryable:
        if held.may_wait:
            _put_off(session, held, task, result, result.failure)
            return
        result = replace(result, detail=f"{result.detail} It was tried {held.waits + 1} times.")
    branch = get(session, Branch, task.branch_id)
    path = (*task.path, *result.steps)
    outcome = result.outcome
    move = None if outcome else next_move(path, task.limits)
    if not outcome and move is None:
        outcome, detail = ending(path)
        result = replace(result, detail=detail)
    if outcome:
        let_go(session, held, "done", result.detail)
    else:
        go_on(session, held, queue_of(move))
    _add(session, branch, result)
    if outcome:
        close_branch(session, branch, outcome, result.detail)
        _queue_review(session, branch)
    told = from_to({"outcome": None}, {"outcome": outcome})
    record_on_branch(session, WORKER, "grow", branch, **told)


def _put_off(
    session: Session, held: Held, task: _Task, result: _Result, failure: ModelError
) -> None:
    """Keep the whole steps of a reply that broke off, and go on from them later."""
    branch = get(session, Branch, task.branch_id)
    kept = whole(result.steps)
    queue = queue_of(next_move((*task.path, *kept), task.limits))
    put_off(session, held, queue, str(failure), failure.after, got_on=bool(kept))
    add_steps(session, branch, kept)
    record_on_branch(session, WORKER, "wait", branch)


def _add(session: Session, branch: Branch, result: _Result) -> None:
    if result.execution:
        _, code = located_path(branch)[-1]
        keep_execution(session, branch, code.id, result.execution, "growth")
    add_steps(session, branch, result.steps)
    branch.diverged = branch.diverged or result.diverged


def _record_usage(ports: Ports, task: _Task, result: _Result) -> None:
    """Apart from the steps: what a cancelled call cost was spent all the same."""
    if result.usage:
        with transaction(ports.engine) as session:
            branch = get(session, Branch, task.branch_id)
            add_usage(session, branch, "reasoner", result.usage, result.steps)


def _queue_review(session: Session, branch: Branch) -> None:
    """A branch that was really written is looked at for flaws; a trial once it is accepted.

    That may have happened since the branch was read: closing it has locked the trace, so now it is
    known.
    """
    session.refresh(branch, ["number"])
    if branch.trial or not branch.steps:
        return
    place = {"project_id": branch.trace.project_id, "branch_id": branch.id}
    put(session, Job(**place, kind="review", queue="model"))


def _streamer(task: _Task) -> Callable[[str], None]:
    """What shows pages the text as it comes, some tokens at a time: a message each is dear."""
    waiting: list[str] = []
    shown = time.monotonic()

    def show(text: str) -> None:
        nonlocal shown
        waiting.append(text)
        if time.monotonic() - shown >= _SHOWN_EVERY:
            stream_text(task.trace_id, task.branch_id, "".join(waiting))
            waiting.clear()
            shown = time.monotonic()

    return show
