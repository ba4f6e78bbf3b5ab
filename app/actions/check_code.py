"""Executing imported code here, beside the trace: what it prints, and what it solves."""

from app.actions.keep_execution import keep_execution
from app.actions.models import loop_limits, sandbox
from app.actions.ports import Ports
from app.actions.record import WORKER, get, record_on_trace
from app.actions.work import Held, Lost, let_go
from app.db.convert import located_path, root_of
from app.db.session import reading, transaction
from app.db.tables import Branch, Project
from app.loop import execute_step


def check_code(ports: Ports, held: Held) -> None:
    """Execute the Code step that `held` is about, after those before it, and keep the result."""
    with reading(ports.engine) as session:
        branch = get(session, Branch, held.branch_id or 0)
        limits = loop_limits(get(session, Project, held.project_id))
        located = located_path(branch)
        at = next(n for n, (_, row) in enumerate(located) if row.id == held.step_id)
        path = [step for step, _ in located[: at + 1]]
        seed = root_of(branch).seed
    done = execute_step(sandbox(), path, limits=limits, seed=seed)
    try:
        with transaction(ports.engine) as session:
            let_go(session, held, "done")
            branch = get(session, Branch, held.branch_id or 0)
            keep_execution(session, branch, held.step_id or 0, done.execution, "check")
            record_on_trace(session, WORKER, "check", f"step:{held.step_id}", branch.trace)
    except Lost:
        return
