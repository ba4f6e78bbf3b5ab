"""Problems: the list, one, and what is said of a reference."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field
from sqlalchemy.orm import Session

from app.actions.doubt_reference import doubt_reference, take_doubt_back
from app.actions.record_reference import confirm_reference, record_reference
from app.core.errors import NotFound
from app.core.language import _
from app.core.model import Frozen
from app.db.queries.problems import ProblemFilter, find_problems
from app.db.tables import ProblemRow
from app.web.api.deps import Here, Id
from app.web.api.etags import IfMatch, IfNoneMatch, shown
from app.web.api.paging import Page, Paged
from app.web.api.sent import NOT_BLANK, Sent
from app.web.api.views.problems import ProblemLine, ProblemView, problem_line, problem_view
from app.web.deps import Db

router = APIRouter(prefix="/projects/{slug}", tags=["problems"])
_ONE = "/problems/{problem_id}"
Why = Annotated[str, Field(min_length=1, max_length=10_000, pattern=NOT_BLANK)]


class NewReference(Frozen):
    """A reference: a number, several joined by "or", infeasible, unbounded or no-optimum."""

    reference: str = Field(max_length=300, examples=["12 or 12.5"])
    reason: Why = Field(examples=["Solved by hand."])


class Reason(Frozen):
    """Why, in a few words."""

    reason: str = Field(
        min_length=1, max_length=10_000, pattern=NOT_BLANK, examples=["The data says 12."]
    )


def problem_here(session: Db, here: Here, problem_id: Id) -> ProblemRow:
    """The problem of the address. Raises NotFound for one of another project."""
    row = session.get(ProblemRow, problem_id)
    if row is None or row.project_id != here.project.id:
        raise NotFound(_("There is no such problem."))
    return row


def problem_to_change(session: Db, row: "ThisProblem", match: IfMatch) -> ProblemRow:
    """The same for a change; it is as the caller saw it, where they say what they saw."""
    session.refresh(row, with_for_update={"key_share": True})
    match.check(lambda: problem_view(session, row))
    return row


ThisProblem = Annotated[ProblemRow, Depends(problem_here)]
Changed = Annotated[ProblemRow, Depends(problem_to_change)]


@router.get("/problems")
def list_problems(
    session: Db,
    here: Here,
    paging: Paged,
    q: Annotated[str, Query(max_length=300, description="Words of the text.")] = "",
    only: ProblemFilter = "all",
) -> Page[ProblemLine]:
    """The problems of a project."""
    found = find_problems(session, here.project.id, q.strip(), only)
    rows, following = paging.rows(session, found, ProblemRow.id)
    return Page(items=tuple(map(problem_line, rows)), next=following)


@router.get(_ONE, response_model=ProblemView)
def get_problem(session: Db, row: ThisProblem, condition: IfNoneMatch) -> Response:
    """One problem, with all that was said of its reference."""
    return condition.show(problem_view(session, row))


@router.post(f"{_ONE}/references", status_code=201, response_model=ProblemView)
def record_reference_(session: Db, here: Here, row: Changed, new: Sent[NewReference]) -> Response:
    """Record the right answer. For annotators.

    Every trace of the problem is graded anew, and golden ones that it contradicts return to the
    queue.
    """
    record_reference(session, here.actor, row.id, new.reference, new.reason)
    return _shown(session, row)


@router.post(f"{_ONE}/confirmations", status_code=201, response_model=ProblemView)
def confirm_reference_(session: Db, here: Here, row: Changed, given: Sent[Reason]) -> Response:
    """Say that the reference was looked at and is right. For annotators."""
    confirm_reference(session, here.actor, row.id, given.reason)
    return _shown(session, row)


@router.post(f"{_ONE}/doubts", status_code=201, response_model=ProblemView)
def doubt_reference_(session: Db, here: Here, row: Changed, given: Sent[Reason]) -> Response:
    """Question the reference without knowing a better one. For annotators."""
    doubt_reference(session, here.actor, row.id, given.reason)
    return _shown(session, row)


@router.delete(f"{_ONE}/doubts/{{doubt_id}}", status_code=204)
def take_doubt_back_(session: Db, here: Here, row: Changed, doubt_id: Id) -> None:
    """Take one's own doubt back. For annotators."""
    take_doubt_back(session, here.actor, row.id, doubt_id)


def _shown(session: Session, row: ProblemRow) -> Response:
    session.flush()
    return shown(problem_view(session, row), 201)
