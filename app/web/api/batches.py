"""Batches: the list, starting one, watching and stopping it."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Response
from pydantic import Field
from sqlalchemy import select

from app.actions.batches import BatchKind, start_batch, stop_batch
from app.core.errors import NotFound
from app.core.language import _
from app.core.model import Frozen
from app.db.session import reading
from app.db.tables import Batch
from app.web.api.deps import Here, HereApart, Id
from app.web.api.etags import IfNoneMatch, shown
from app.web.api.paging import Page, Paged
from app.web.api.sent import Sent
from app.web.api.views.work import BatchLine, BatchView, batch_line, batch_view
from app.web.deps import Db, WebPorts
from app.web.security import API

router = APIRouter(prefix="/projects/{slug}/batches", tags=["batches"])
_ONE = "/{batch_id}"
Each = Annotated[int, Field(ge=1, le=2**31 - 1)]


class NewBatch(Frozen):
    """What to work on: a trace of each of these problems, or a look for hints on each of these
    branches."""

    kind: Literal["generate", "propose"]
    ids: tuple[Each, ...] = Field(min_length=1, max_length=10_000, examples=[[7, 8]])


def batch_here(session: Db, here: Here, batch_id: Id) -> Batch:
    """The batch of the address. Raises NotFound for one of another project."""
    row = session.get(Batch, batch_id)
    if row is None or row.project_id != here.project.id:
        raise NotFound(_("There is no such batch."))
    return row


ThisBatch = Annotated[Batch, Depends(batch_here)]


@router.get("")
def list_batches(session: Db, here: Here, paging: Paged) -> Page[BatchLine]:
    """The batches of a project."""
    found = select(Batch).where(Batch.project_id == here.project.id)
    rows, following = paging.rows(session, found, Batch.id)
    return Page(items=tuple(map(batch_line, rows)), next=following)


@router.post("", status_code=201, response_model=BatchView)
def start_batch_(here: HereApart, ports: WebPorts, new: Sent[NewBatch]) -> Response:
    """Start a batch. For leads.

    Of many, what somebody else began or took away meanwhile is left out.
    """
    kind: BatchKind = new.kind
    batch_id = start_batch(ports, here.actor, here.project.id, kind, list(new.ids))
    with reading(ports.engine) as session:
        view = batch_view(session, session.get_one(Batch, batch_id))
    return shown(view, 201, f"{API}/projects/{here.project.slug}/batches/{batch_id}")


@router.get(_ONE, response_model=BatchView)
def get_batch(session: Db, row: ThisBatch, condition: IfNoneMatch) -> Response:
    """One batch: how far it is, and what failed."""
    return condition.show(batch_view(session, row))


@router.post(f"{_ONE}/stop", response_model=BatchView)
def stop_batch_(here: HereApart, ports: WebPorts, batch_id: Id) -> Response:
    """Stop what is left of a batch; what was finished stays. For leads."""
    with reading(ports.engine) as session:
        row = batch_here(session, here, batch_id)
    stop_batch(ports, here.actor, row.id)
    with reading(ports.engine) as session:
        return shown(batch_view(session, session.get_one(Batch, batch_id)))
