"""Something done to many traces of the queue: planned, confirmed on a page of its own, watched."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Response
from sqlalchemy.orm import defer

from app.actions.bulk import confirm_bulk, plan_bulk, stop_bulk
from app.core.bulk import BulkDeed
from app.core.errors import NotFound
from app.core.language import _
from app.db.queries.queue_filters import Filters, matching_ids
from app.db.tables import Bulk
from app.web.deps import Db, Here, Showing
from app.web.views.bulk import bulk_view

router = APIRouter(prefix="/p/{slug}/bulk")
Typed = Annotated[str, Form()]


def filters_sent(
    state: Typed = "",
    held: Typed = "",
    disputed: Typed = "",
    source: Typed = "",
    flaw: Typed = "",
    confidence: Typed = "",
    model: Typed = "",
    outcome: Typed = "",
    assigned: Typed = "",
) -> Filters:
    """The filters of the page that a form was sent from."""
    return Filters(state, held, disputed, source, flaw, confidence, model, outcome, assigned)


def bulk_here(session: Db, here: Here, bulk_id: int) -> Bulk:
    """The plan of the address. Raises NotFound for one of another project.

    Its traces, which may be thousands, are read where they are asked for: a page that watches it
    asks each second.
    """
    bulk = session.get(Bulk, bulk_id, options=[defer(Bulk.trace_ids)])
    if bulk is None or bulk.project_id != here.project.id:
        raise NotFound(_("There is no such page."))
    return bulk


ThisBulk = Annotated[Bulk, Depends(bulk_here)]


@router.post("")
def plan(
    show: Showing,
    session: Db,
    here: Here,
    deed: Annotated[BulkDeed, Form()],
    filters: Annotated[Filters, Depends(filters_sent)],
    ids: Annotated[tuple[int, ...], Form()] = (),
    every: Annotated[bool, Form()] = False,
) -> Response:
    """Plan a deed on the chosen traces, or on all that the filters leave; nothing is done yet."""
    if every:
        ids = tuple(matching_ids(session, here.project.id, filters, here.actor.id))
    bulk = plan_bulk(session, here.actor, here.project.id, deed, ids)
    return show.go(here.url(f"/bulk/{bulk.id}"))


@router.get("/{bulk_id}")
def bulk_page(show: Showing, session: Db, here: Here, bulk: ThisBulk) -> Response:
    """What it would do, or how far it is."""
    return show.page("bulk", here, view=bulk_view(session, bulk, here.actor))


@router.get("/{bulk_id}/progress")
def progress(show: Showing, session: Db, here: Here, bulk: ThisBulk) -> Response:
    """The region that asks again while it is being done."""
    return show.part("bulk", here, view=bulk_view(session, bulk, here.actor))


@router.post("/{bulk_id}")
def confirm(
    show: Showing, session: Db, here: Here, bulk: ThisBulk, reason: Typed = "", to: Typed = ""
) -> Response:
    """Have it done, once."""
    confirm_bulk(session, here.actor, bulk.id, reason, to)
    return _changed(show, session, here, bulk)


@router.post("/{bulk_id}/stop")
def stop(show: Showing, session: Db, here: Here, bulk: ThisBulk) -> Response:
    """Do no more of it."""
    stop_bulk(session, here.actor, bulk.id)
    return _changed(show, session, here, bulk)


def _changed(show: Showing, session: Db, here: Here, bulk: Bulk) -> Response:
    address = here.url(f"/bulk/{bulk.id}")
    return show.changed("bulk", address, here, view=bulk_view(session, bulk, here.actor))
