"""Noting which solve a branch's answer rests on, once trusted code has solved its models again.

Promises: the models themselves are not read for it, which may be large, and a Code step that was
examined costs what its own solves cost, however many others the trace has.
"""

from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.answer import Answer, parse_answer
from app.core.solved import Optimum
from app.core.suspect import is_verified
from app.db.convert import located_path
from app.db.tables import Branch, ExecutionRow, ProblemRow, SolveRow, Trace

_OBJECTIVE = "objective"
"""Only of a problem that asks for it does solving again say anything."""


def verify_answer(session: Session, branch: Branch) -> None:
    """Keep the first solve in a closed branch's path whose objective is its answer, if one is."""
    if branch.answer is None or branch.trace.problem.asks != _OBJECTIVE:
        return
    examined = (
        select(SolveRow.id, SolveRow.examination["solved"])
        .join(ExecutionRow, ExecutionRow.id == SolveRow.execution_id)
        .where(ExecutionRow.step_id.in_(_codes(branch)), SolveRow.examination.is_not(None))
        .order_by(SolveRow.id)
    )
    found = (
        (solve_id, Optimum.model_validate(stored) if stored else None)
        for solve_id, stored in session.execute(examined)
    )
    branch.verified_by = _first(parse_answer(branch.answer), found)


def verify_answers(
    session: Session, trace_id: int, step_id: int, found: Mapping[int, Optimum | None]
) -> None:
    """The same for every closed branch: of a Code step of the trace, these solves were examined."""
    closed = (
        select(Branch)
        .join(Trace, Trace.id == Branch.trace_id)
        .join(ProblemRow, ProblemRow.id == Trace.problem_id)
        .where(Branch.trace_id == trace_id, ProblemRow.asks == _OBJECTIVE)
        .where(Branch.outcome.is_not(None), Branch.answer.is_not(None))
    )
    for branch in session.scalars(closed.order_by(Branch.id)).all():
        solve_id = _first(parse_answer(branch.answer or ""), sorted(found.items()))
        if _is_earlier(solve_id, branch.verified_by) and step_id in _codes(branch):
            branch.verified_by = solve_id


def _codes(branch: Branch) -> list[int]:
    """The Code steps of its path."""
    return [row.id for step, row in located_path(branch) if step.kind == "code"]


def _first(answer: Answer | None, found: Iterable[tuple[int, Optimum | None]]) -> int | None:
    return next((solve_id for solve_id, solved in found if is_verified(answer, solved)), None)


def _is_earlier(solve_id: int | None, known: int | None) -> bool:
    return solve_id is not None and (known is None or solve_id < known)
