"""Traces: the list by the queue's filters, a new one, one, and the path of a branch."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.cancel import cancel_branch, retry_branch
from app.actions.gold_turns import found_as
from app.actions.record import lock_trace
from app.actions.start_trace import start_trace
from app.actions.trials import hold_jobs
from app.core.lifecycle import TraceState
from app.core.trace import Outcome
from app.db.queries.queue import ORDERS
from app.db.queries.queue_filters import Filters, conditions
from app.db.tables import ProblemRow, QueueOrder, Trace
from app.web.api.deps import Here, Id
from app.web.api.etags import IfMatch, IfNoneMatch, shown
from app.web.api.paging import Page, Paged
from app.web.api.problems import ThisProblem
from app.web.api.views.traces import (
    BranchLine,
    BranchView,
    TraceLine,
    TraceView,
    branch_line,
    branch_view,
    trace_line,
    trace_view,
)
from app.web.deps import Db, Place
from app.web.security import API
from app.web.views.desk import Desk, load_desk

router = APIRouter(prefix="/projects/{slug}", tags=["traces"])
TRACE = "/traces/{trace_id}"
BRANCH = f"{TRACE}/branches/{{branch_id}}"
_ASSIGNED = "`mine`, `others`, `open` (to all), `person:3` or `group:2`."
Word = Annotated[str, Query(max_length=200)]


def filters_of(
    state: TraceState | Literal[""] = "",
    held: Literal["", "mine", "somebody", "nobody"] = "",
    disputed: Literal["", "yes"] = "",
    source: Word = "",
    flaw: Word = "",
    confidence: Literal["", "low", "middle", "high", "unsaid"] = "",
    model: Word = "",
    outcome: Outcome | Literal[""] = "",
    assigned: Annotated[str, Query(max_length=20, description=_ASSIGNED)] = "",
) -> Filters:
    """The filters of the queue; an empty one is anything."""
    return Filters(state, held, disputed, source, flaw, confidence, model, outcome, assigned)


def desk_here(session: Db, here: Here, trace_id: Id) -> Desk:
    """The trace of the address, where the work goes on. Raises NotFound."""
    return load_desk(session, here, trace_id)


def branch_here(session: Db, here: Here, trace_id: Id, branch_id: Id) -> Desk:
    """The same at the branch of the address."""
    return load_desk(session, here, trace_id, branch_id)


def desk_to_change(session: Db, here: Here, trace_id: Id, match: IfMatch) -> Desk:
    """The trace for a decision, which waits for the one before.

    It is as the caller saw it, where they name the tag of what they saw.
    """
    desk = load_desk(session, here, trace_id)
    hold_jobs(session, trace_id)
    lock_trace(session, trace_id)
    session.expire_all()
    match.check(lambda: trace_view(load_desk(session, here, trace_id)))
    return desk


def branch_to_change(session: Db, here: Here, changed: "Changed", branch_id: Id) -> Desk:
    """The same at the branch of the address."""
    return load_desk(session, here, changed.trace.id, branch_id)


Narrowed = Annotated[Filters, Depends(filters_of)]
ThisTrace = Annotated[Desk, Depends(desk_here)]
ThisBranch = Annotated[Desk, Depends(branch_here)]
Changed = Annotated[Desk, Depends(desk_to_change)]
ChangedBranch = Annotated[Desk, Depends(branch_to_change)]


@router.get("/traces")
def list_traces(
    session: Db, here: Here, paging: Paged, filters: Narrowed, order: QueueOrder = "oldest"
) -> Page[TraceLine]:
    """The traces of a project that the queue's filters leave."""
    wanted = conditions(here.project.id, filters, here.actor.id)
    found = select(Trace).join(ProblemRow, ProblemRow.id == Trace.problem_id).where(*wanted)
    rows, following = paging.rows(session, found, *ORDERS[order])
    seen_as = found_as(session, here.actor, rows)
    items = (trace_line(row, seen_as.get(row.id, {})) for row in rows)
    return Page(items=tuple(items), next=following)


@router.post("/problems/{problem_id}/traces", status_code=201, response_model=TraceView)
def start_trace_(session: Db, here: Here, row: ThisProblem) -> Response:
    """Have the Reasoner write a trace of a problem. For annotators."""
    trace = start_trace(session, here.actor, row.id)
    address = f"{API}/projects/{here.project.slug}/traces/{trace.id}"
    return shown(view_of(session, here, trace.id), 201, address)


@router.get(TRACE, response_model=TraceView)
def get_trace(desk: ThisTrace, condition: IfNoneMatch) -> Response:
    """One trace with its branches.

    Its tag is what decisions on it can name in `If-Match`.
    """
    return condition.show(trace_view(desk))


@router.get(BRANCH, response_model=BranchView)
def get_branch(desk: ThisBranch, condition: IfNoneMatch) -> Response:
    """The path of a branch: its steps, their executions, and the models as solved."""
    return condition.show(branch_view(desk))


@router.post(f"{BRANCH}/cancel", response_model=BranchLine)
def cancel_branch_(session: Db, here: Here, desk: ChangedBranch) -> BranchLine:
    """Stop the Reasoner; what was finished stays. For annotators."""
    cancel_branch(session, here.actor, desk.branch.id)
    session.flush()
    return branch_line(desk.branch)


@router.post(f"{BRANCH}/retry", status_code=201, response_model=BranchLine)
def retry_branch_(session: Db, here: Here, desk: ChangedBranch) -> BranchLine:
    """Go on from the last finished step of a branch that failed. For annotators."""
    return branch_line(retry_branch(session, here.actor, desk.branch.id))


def view_of(session: Session, here: Place, trace_id: int) -> TraceView:
    """The trace as it is now, after a change."""
    session.flush()
    session.expire_all()
    return trace_view(load_desk(session, here, trace_id))
