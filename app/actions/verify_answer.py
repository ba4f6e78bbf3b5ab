"""Noting which solve a branch's answer rests on, once trusted code has solved its models again."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.answer import parse_answer
from app.core.solved import Examination
from app.core.suspect import is_verified
from app.db.convert import located_path
from app.db.tables import Branch, ExecutionRow, SolveRow


def verify_answer(session: Session, branch: Branch) -> None:
    """Keep the first solve in a closed branch's path whose objective is its answer, if one is.

    Only where the problem asks for the objective; else an answer says nothing of it.
    """
    if branch.answer is None or branch.trace.problem.asks != "objective":
        return
    answer = parse_answer(branch.answer)
    codes = [row.id for step, row in located_path(branch) if step.kind == "code"]
    examined = (
        select(SolveRow.id, SolveRow.examination)
        .join(ExecutionRow, ExecutionRow.id == SolveRow.execution_id)
        .where(ExecutionRow.step_id.in_(codes), SolveRow.examination.is_not(None))
        .order_by(SolveRow.id)
    )
    branch.verified_by = next(
        (
            solve_id
            for solve_id, stored in session.execute(examined)
            if is_verified(answer, Examination.model_validate(stored))
        ),
        None,
    )


def verify_answers(session: Session, trace_id: int) -> None:
    """The same for every closed branch of a trace: a model in it was examined."""
    closed = select(Branch).where(Branch.trace_id == trace_id, Branch.outcome.is_not(None))
    for branch in session.scalars(closed.order_by(Branch.id)).all():
        verify_answer(session, branch)
