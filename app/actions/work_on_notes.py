"""Finding out what a note asks: its code is executed, or its model solved, in the sandbox.

Promises: the session of the trace's own code is never touched, for it goes on from a fork or from
blocks executed again; models are read in the sandbox alone. A result is kept once, and only while
the job is held: one that was stopped keeps none.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.actions.models import counter_of, loop_limits, sandbox
from app.actions.notes import end_note
from app.actions.ports import Ports
from app.actions.read_solves import SOLVER
from app.actions.record import get
from app.actions.work import Held, Lost, let_go
from app.backends.solvers import SOLVERS
from app.core.execution import Execution
from app.core.note import ASKED, Cell, CellFound, ModelFound, OtherModel
from app.core.outputs import Count, shown_output
from app.core.solved import Examination
from app.core.trace import Step
from app.db.convert import located_path, root_of
from app.db.session import reading, transaction
from app.db.tables import Branch, Note, Project, SolveRow
from app.loop import Limits, execute_beside

EXAMINED = 5
"""The last solves of a cell whose models are examined: a person waits for them."""


@dataclass(frozen=True)
class _Place:
    """Where a cell stands: before step `at` of the path."""

    path: tuple[Step, ...]
    at: int
    seed: int
    limits: Limits
    count: Count


def work_on_note(ports: Ports, held: Held) -> None:
    """Find out what the note that `held` is about asks, and keep it."""
    note_id = held.note_id or 0
    with reading(ports.engine) as session:
        note = get(session, Note, note_id)
        asked, place = ASKED.validate_python(note.asked), _place_of(session, note)
    found = _cell(held, asked, place) if isinstance(asked, Cell) else _model(ports, asked)
    try:
        with transaction(ports.engine) as session:
            let_go(session, held, "done")
            end_note(session, note_id, "done", found=found.model_dump(mode="json"))
    except Lost:
        return


def _place_of(session: Session, note: Note) -> _Place:
    branch = get(session, Branch, note.branch_id)
    project = get(session, Project, branch.trace.project_id)
    located = located_path(branch)
    return _Place(
        path=tuple(step for step, _ in located),
        at=next(at for at, (_, row) in enumerate(located) if row.id == note.step_id),
        seed=root_of(branch).seed,
        limits=loop_limits(project),
        count=counter_of(project),
    )


def _cell(held: Held, cell: Cell, place: _Place) -> CellFound:
    limits, path = place.limits, place.path
    done = execute_beside(sandbox(), path, place.at, cell.code, limits=limits, seed=place.seed)
    run = done.execution
    bare = tuple(solve.model_copy(update={"model": None}) for solve in run.solves)
    return CellFound(
        execution=run.model_copy(update={"solves": bare}),
        output=shown_output(run, limits.output_tokens, place.count),
        diverged=done.diverged,
        examinations=_examined(held, run),
    )


def _examined(held: Held, run: Execution) -> dict[int, Examination]:
    solver, found = SOLVERS.make(SOLVER), {}
    for number, solve in list(enumerate(run.solves))[-EXAMINED:]:
        if solve.model and solve.format and not held.lost.is_set():
            found[number] = solver.examine(sandbox(), solve.model, solve.format)
    return found


def _model(ports: Ports, other: OtherModel) -> ModelFound:
    with reading(ports.engine) as session:
        row = get(session, SolveRow, other.solve_id)
        text, kind = row.model, row.format
    solver = SOLVERS.make(SOLVER)
    return ModelFound(resolved=solver.solve_changed(sandbox(), text, kind, other.changes))
