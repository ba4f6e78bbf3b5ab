"""A branch as a reviewer is given it: its path, what its code did, and the models that it solved.

Promises: one function makes a Case of a branch, so that rules, models and evaluations see the same.
"""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.facts import grade_of
from app.actions.projects import limits_of
from app.actions.record import get
from app.core.case import Case
from app.core.execution import Execution
from app.core.flaws import Taxonomy
from app.core.solved import Examination
from app.db.convert import located_path, problem_of
from app.db.queries.workbench import executions_of
from app.db.tables import Branch, ExecutionRow, Project, SolveRow


def case_of(session: Session, branch: Branch) -> Case:
    """The case of a branch's whole path, under its project's taxonomy and limits."""
    project = get(session, Project, branch.trace.project_id)
    limits = limits_of(project)
    rows = _newest_executions(session, branch)
    executions = {at: Execution.model_validate(row.execution) for at, row in rows.items()}
    return Case(
        problem=problem_of(branch.trace.problem),
        path=tuple(step for step, _ in located_path(branch)),
        executions=executions,
        examined=_examined(session, rows, executions),
        correct=grade_of(branch).correct,
        taxonomy=Taxonomy.model_validate(project.taxonomy),
        max_hints=limits.max_hints,
        share_blocks=limits.share_blocks,
    )


def _newest_executions(session: Session, branch: Branch) -> dict[int, ExecutionRow]:
    """The newest execution of each Code step of a branch's path, by the step's index."""
    index = {row.id: at for at, (_, row) in enumerate(located_path(branch))}
    return {index[row.step_id]: row for row in executions_of(session, index)}


def _examined(
    session: Session, rows: Mapping[int, ExecutionRow], executions: Mapping[int, Execution]
) -> dict[int, tuple[Examination | None, ...]]:
    """For each solve what was found in its model; None where no model was kept or looked at."""
    kept = select(SolveRow.execution_id, SolveRow.number, SolveRow.examination).where(
        SolveRow.execution_id.in_([row.id for row in rows.values()]),
        SolveRow.examination.is_not(None),
    )
    found = {
        (execution_id, number): Examination.model_validate(examination)
        for execution_id, number, examination in session.execute(kept)
    }
    return {
        at: tuple(found.get((row.id, number)) for number in range(len(executions[at].solves)))
        for at, row in rows.items()
    }
