"""One deed on many traces: planned, confirmed once, watched and stopped."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Response
from pydantic import Field
from sqlalchemy.orm import Session

from app.actions.bulk import confirm_bulk, plan_bulk, stop_bulk
from app.core.bulk import BulkDeed
from app.core.errors import NotFound
from app.core.language import _
from app.core.lifecycle import TraceState
from app.core.model import Frozen
from app.core.trace import Outcome
from app.db.queries.queue_filters import MOST_COUNTED, Filters, matching_ids
from app.db.tables import Bulk
from app.web.api.deps import Here, Id
from app.web.api.etags import IfNoneMatch, shown
from app.web.api.sent import Sent
from app.web.api.views.bulk import BulkView, bulk_view
from app.web.deps import Db
from app.web.security import API

router = APIRouter(prefix="/projects/{slug}/bulk", tags=["bulk"])
_ONE = "/{bulk_id}"
Each = Annotated[int, Field(ge=1, le=2**31 - 1)]
Word = Annotated[str, Field(max_length=200)]


class QueueFilters(Frozen):
    """The filters of the queue, as the list of traces takes them; an empty one is anything."""

    state: TraceState | Literal[""] = ""
    held: Literal["", "mine", "somebody", "nobody"] = ""
    disputed: Literal["", "yes"] = ""
    source: Word = ""
    flaw: Word = ""
    confidence: Literal["", "low", "middle", "high", "unsaid"] = ""
    model: Word = ""
    outcome: Outcome | Literal[""] = ""


class NewBulk(Frozen):
    """What to do to which traces: to these, or to all that the filters leave.

    Nothing is done before it is confirmed."""

    deed: BulkDeed = Field(examples=["discard"])
    ids: tuple[Each, ...] = Field((), max_length=MOST_COUNTED, examples=[[7, 8]])
    filters: QueueFilters | None = None


class Confirmation(Frozen):
    """Why; what changes verdicts has to say it."""

    reason: str = Field("", max_length=10_000, examples=["Imported twice."])


def bulk_here(session: Db, here: Here, bulk_id: Id) -> Bulk:
    """The plan of the address. Raises NotFound for one of another project."""
    row = session.get(Bulk, bulk_id)
    if row is None or row.project_id != here.project.id:
        raise NotFound(_("There is no such plan."))
    return row


ThisBulk = Annotated[Bulk, Depends(bulk_here)]


@router.post("", status_code=201, response_model=BulkView)
def plan_bulk_(session: Db, here: Here, new: Sent[NewBulk]) -> Response:
    """Plan a deed on many traces, in place of the caller's plan before. For annotators; what costs
    tokens, or takes from others, for leads."""
    ids = new.ids
    if new.filters is not None:
        filters = Filters(**dict(new.filters))
        ids = tuple(matching_ids(session, here.project.id, filters, here.actor.id))
    row = plan_bulk(session, here.actor, here.project.id, new.deed, ids)
    address = f"{API}/projects/{here.project.slug}/bulk/{row.id}"
    return shown(bulk_view(session, row), 201, address)


@router.get(_ONE, response_model=BulkView)
def get_bulk(session: Db, row: ThisBulk, condition: IfNoneMatch) -> Response:
    """What a plan would do, or how far it is."""
    return condition.show(bulk_view(session, row))


@router.post(f"{_ONE}/confirm", response_model=BulkView)
def confirm_bulk_(session: Db, here: Here, row: ThisBulk, given: Sent[Confirmation]) -> Response:
    """Have it done, once. For who planned it."""
    return _shown(session, confirm_bulk(session, here.actor, row.id, given.reason))


@router.post(f"{_ONE}/stop", response_model=BulkView)
def stop_bulk_(session: Db, here: Here, row: ThisBulk) -> Response:
    """Do no more of it; what was done stays. For who planned it, and leads."""
    stop_bulk(session, here.actor, row.id)
    return _shown(session, row)


def _shown(session: Session, row: Bulk) -> Response:
    session.flush()
    session.expire_all()
    return shown(bulk_view(session, row))
