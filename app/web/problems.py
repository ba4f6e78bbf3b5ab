"""Problems: the list, one problem, its reference, and a trace of it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Response
from sqlalchemy.orm import Session

from app.actions.doubt_reference import doubt_reference, take_doubt_back
from app.actions.record_reference import confirm_reference, record_reference
from app.actions.start_trace import start_trace
from app.core.errors import NotFound
from app.core.language import _
from app.db.queries.problems import ProblemFilter
from app.db.tables import ProblemRow
from app.web.deps import Db, Here, Place, Show, Showing
from app.web.views.problems import problem_view, problems_view
from app.web.views.words import reference_words

router = APIRouter(prefix="/p/{slug}/problems")

Text = Annotated[str, Form()]
Words = Annotated[str, Query(max_length=300)]


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
    view = problems_view(session, here.project.id, q.strip(), only, page, here.actor.id)
    return show.page("problems", here, view=view)


@router.get("/{problem_id}")
def problem(
    show: Showing, session: Db, here: Here, row: ThisProblem, value: Words = ""
) -> Response:
    """One problem; `value` is put into the form as the right answer, to be set again."""
    view = problem_view(session, row, here.actor.id)
    return show.page("problem", here, view=view, value=value)


@router.post("/{problem_id}/reference")
def reference(
    show: Showing, session: Db, here: Here, row: ThisProblem, raw: Text = "", reason: Text = ""
) -> Response:
    """Record a reference; its traces are graded anew."""
    record_reference(session, here.actor, row.id, raw, reason)
    said = _(
        "The reference is %(reference)s now; every trace was graded anew.",
        reference=reference_words(row.reference),
    )
    return _changed(show, session, here, row, said)


@router.post("/{problem_id}/confirm")
def confirm(
    show: Showing, session: Db, here: Here, row: ThisProblem, reason: Text = ""
) -> Response:
    """Say that the reference is right; what spoke against it was looked at."""
    confirm_reference(session, here.actor, row.id, reason)
    return _changed(show, session, here, row, _("The reference stands."))


@router.post("/{problem_id}/doubts")
def doubt(show: Showing, session: Db, here: Here, row: ThisProblem, reason: Text = "") -> Response:
    """Question the reference without knowing a better one."""
    doubt_reference(session, here.actor, row.id, reason)
    return _changed(show, session, here, row, _("The reference is questioned now."))


@router.post("/{problem_id}/doubts/{doubt_id}/withdraw")
def withdraw_doubt(
    show: Showing, session: Db, here: Here, row: ThisProblem, doubt_id: int
) -> Response:
    """Take one's own doubt back."""
    take_doubt_back(session, here.actor, row.id, doubt_id)
    return _changed(show, session, here, row, _("Your doubt is taken back."))


@router.post("/{problem_id}/traces")
def trace(show: Showing, session: Db, here: Here, row: ThisProblem) -> Response:
    """Have the Reasoner write a trace, and go there."""
    started = start_trace(session, here.actor, row.id)
    return show.go(here.url(f"/traces/{started.id}"))


def _changed(show: Show, session: Session, here: Place, row: ProblemRow, said: str) -> Response:
    session.flush()
    view = problem_view(session, row, here.actor.id)
    back = here.url(f"/problems/{row.id}")
    return show.changed("problem", back, here, said, view=view, value="")
