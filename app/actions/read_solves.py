"""Examining the models that a Code step solved: what they say, and what solving them again gives.

Promises: a model is read in the sandbox alone; each is examined once, and one that can't be is kept
with the reason. It belongs to no branch's work; only reviews of its trace wait for it.
"""

from sqlalchemy import select

from app.actions.await_solves import wake_reviews
from app.actions.models import sandbox
from app.actions.ports import Ports
from app.actions.record import get
from app.actions.verify_answer import verify_answers
from app.actions.work import Held, Lost, let_go
from app.backends.solvers import SOLVERS
from app.core.errors import CalmError
from app.core.solved import Examination
from app.db.session import reading, transaction
from app.db.tables import Branch, ExecutionRow, SolveRow, StepRow
from app.live import announce, trace_channel

SOLVER = "highs"


def read_solves(ports: Ports, held: Held) -> None:
    """Examine every model of the Code step that `held` is about which was not examined yet."""
    waiting = (
        select(SolveRow.id, SolveRow.model, SolveRow.format)
        .join(ExecutionRow, ExecutionRow.id == SolveRow.execution_id)
        .where(ExecutionRow.step_id == held.step_id, SolveRow.examination.is_(None))
        .order_by(SolveRow.id)
    )
    with reading(ports.engine) as session:
        rows = session.execute(waiting).all()
    solver = SOLVERS.make(SOLVER)
    found: dict[int, Examination] = {}
    for row_id, model, kind in rows:
        if held.lost.is_set():
            return
        try:
            found[row_id] = solver.examine(sandbox(), model, kind)
        except CalmError as error:
            found[row_id] = Examination(problem=str(error)[:300])
    _keep(ports, held, found)


def _keep(ports: Ports, held: Held, found: dict[int, Examination]) -> None:
    try:
        with transaction(ports.engine) as session:
            let_go(session, held, "done")
            for row_id, examination in found.items():
                get(session, SolveRow, row_id).examination = examination.model_dump(mode="json")
            step = get(session, StepRow, held.step_id or 0)
            branch = get(session, Branch, step.branch_id)
            solved = {row_id: each.solved for row_id, each in found.items()}
            verify_answers(session, branch.trace_id, step.id, solved)
            readers = branch.id if branch.trial else None
            announce(session, trace_channel(branch.trace_id), "trace", "model", branch=readers)
    except Lost:
        return
    wake_reviews(ports, held)
