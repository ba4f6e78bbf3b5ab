"""Keeping an execution: itself, and the models of its solves beside it, to be examined."""

from sqlalchemy.orm import Session

from app.actions.work import put
from app.core.execution import Execution
from app.db.tables import Branch, ExecutionRow, Job, SolveRow

MODELS = 20
"""Of one execution; a program that solves in a loop has shown by then what it does."""


def keep_execution(
    session: Session, branch: Branch, step_id: int, execution: Execution, purpose: str
) -> None:
    """Store what a Code step did; where it solved models, queue a job that examines them."""
    bare = tuple(solve.model_copy(update={"model": None}) for solve in execution.solves)
    row = ExecutionRow(
        step_id=step_id,
        branch_id=branch.id,
        purpose=purpose,
        execution=execution.model_copy(update={"solves": bare}).model_dump(mode="json"),
    )
    session.add(row)
    session.flush()
    models = [
        SolveRow(execution_id=row.id, number=number, format=solve.format, model=solve.model)
        for number, solve in enumerate(execution.solves)
        if solve.model and solve.format
    ]
    if models:
        session.add_all(models[:MODELS])
        place = {"project_id": branch.trace.project_id, "step_id": step_id}
        put(session, Job(**place, kind="solves", queue="execution"))
