"""Problems: the list, one problem, its reference, and a trace of it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Response

from app.actions.record_reference import record_reference
from app.actions.start_trace import start_trace
from app.core.errors import NotFound
from app.core.language import _
from app.db.queries.problems import ProblemFilter
from app.db.tables import ProblemRow
from app.web.deps import Db, Here, Showing
from app.web.views.problems import problem_view, problems_view

router = APIRouter(prefix="/p/{slug}/problems")


def problem_here(session: Db, here: Here, problem_id: int) -> ProblemRow:
    """The problem of the address. Raises NotFound for one of another project."""
    row = session.get(ProblemRow, problem_id)
    if row is None or row.project_id != here.project.id:
        raise NotFound(_("There is no such problem."))
    return row


ThisProblem = Annotated[ProblemRow, Depends(problem_here)]


@router.get("")
def problems(
    show: Showing,
    session: Db,
    here: Here,
    q: str = "",
    only: ProblemFilter = "all",
    page: Annotated[int, Query(ge=1, le=10**6)] = 1,
) -> Response:
    """The list."""
    view = problems_view(session, here.project.id, q.strip(), only, page)
    return show.page("problems", here, view=view)


@router.get("/{problem_id}")
def problem(show: Showing, session: Db, here: Here, row: ThisProblem) -> Response:
    """One problem."""
    return show.page("problem", here, view=problem_view(session, row))


@router.post("/{problem_id}/reference")
def reference(
    show: Showing,
    session: Db,
    here: Here,
    row: ThisProblem,
    raw: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Record a reference; its traces are graded anew."""
    record_reference(session, here.actor, row.id, raw, reason)
    session.flush()
    view = problem_view(session, row)
    said = f"The reference is {view.reference} now; every trace was graded anew."
    return show.changed("problem", here.url(f"/problems/{row.id}"), here, said, view=view)


@router.post("/{problem_id}/traces")
def trace(show: Showing, session: Db, here: Here, row: ThisProblem) -> Response:
    """Have the Reasoner write a trace, and go there."""
    started = start_trace(session, here.actor, row.id)
    return show.go(here.url(f"/traces/{started.id}"))
