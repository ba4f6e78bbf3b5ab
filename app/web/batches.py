"""Batches: starting one on chosen problems or traces, or on all that a filter finds; watching,
stopping.

The two POSTs open no transaction of their own: the verbs open many short ones.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from sqlalchemy.orm import Session

from app.actions.batches import BatchKind, start_batch, stop_batch
from app.core.errors import NotFound
from app.core.language import _
from app.db.queries.problems import ProblemFilter, problem_ids
from app.db.queries.traces import closed_branch_ids, find_traces
from app.db.session import reading
from app.db.tables import Batch
from app.web.deps import Db, Here, HereApart, Showing, WebPorts, go
from app.web.views.work import batch_view, batches_view

router = APIRouter(prefix="/p/{slug}/batches")


def batch_here(session: Db, here: Here, batch_id: int) -> Batch:
    """The batch of the address. Raises NotFound for one of another project."""
    row = session.get(Batch, batch_id)
    if row is None or row.project_id != here.project.id:
        raise NotFound(_("There is no such batch."))
    return row


ThisBatch = Annotated[Batch, Depends(batch_here)]


class Chosen:
    """What a form chose: the ids it ticked, or with `every` all that its filter finds."""

    def __init__(
        self,
        ids: Annotated[tuple[int, ...], Form()] = (),
        every: Annotated[bool, Form()] = False,
        q: Annotated[str, Form()] = "",
        only: Annotated[ProblemFilter, Form()] = "all",
        state: Annotated[str, Form()] = "",
    ) -> None:
        self.ids, self.every = list(ids), every
        self.text, self.only, self.state = q, only, state

    def resolve(self, session: Session, project_id: int, kind: BatchKind) -> list[int]:
        """Ids of problems to generate for, or of branches to look at."""
        if not self.every:
            return self.ids
        if kind == "generate":
            return problem_ids(session, project_id, self.text, self.only)
        return closed_branch_ids(session, find_traces(project_id, self.text, self.state))


@router.get("")
def batches(show: Showing, session: Db, here: Here) -> Response:
    """The newest batches."""
    return show.page("batches", here, view=batches_view(session, here.project.id))


@router.post("")
def start(
    request: Request,
    here: HereApart,
    ports: WebPorts,
    kind: Annotated[BatchKind, Form()],
    chosen: Annotated[Chosen, Depends()],
) -> Response:
    """Start a batch and go to watch it."""
    with reading(ports.engine) as session:
        ids = chosen.resolve(session, here.project.id, kind)
    batch_id = start_batch(ports, here.actor, here.project.id, kind, ids)
    return go(request, here.url(f"/batches/{batch_id}"))


@router.get("/{batch_id}")
def batch(show: Showing, session: Db, here: Here, row: ThisBatch) -> Response:
    """One batch."""
    return show.page("batch", here, view=batch_view(session, row))


@router.get("/{batch_id}/progress")
def progress(show: Showing, session: Db, here: Here, row: ThisBatch) -> Response:
    """The region that asks again while the batch is running."""
    return show.part("batch", here, view=batch_view(session, row))


@router.post("/{batch_id}/stop")
def stop(request: Request, here: HereApart, ports: WebPorts, batch_id: int) -> Response:
    """Stop what is left of it."""
    with reading(ports.engine) as session:
        row = batch_here(session, here, batch_id)
    stop_batch(ports, here.actor, row.id)
    return go(request, here.url(f"/batches/{row.id}"), _("Stopped."))
