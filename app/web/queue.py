"""The queue: what waits for a person, and the next of it."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.actions.claims import claim_next
from app.db.queries.queue import Filters
from app.web.deps import Db, Here, Showing
from app.web.views.queue import queue_view

router = APIRouter(prefix="/p/{slug}/queue")


@router.get("")
def queue_page(
    show: Showing,
    session: Db,
    here: Here,
    state: str = "review",
    held: str = "",
    source: str = "",
    flaw: str = "",
    outcome: str = "",
    after: Annotated[int, Query(ge=0, le=2**31)] = 0,
) -> Response:
    """The traces that the filters leave, from the oldest."""
    filters = Filters(state, held, source, flaw, outcome)
    view = queue_view(session, here, filters, after)
    return show.page("queue", here, view=view)


@router.post("/next")
def next_trace(show: Showing, session: Db, here: Here) -> Response:
    """Claim the next trace and open it."""
    trace_id = claim_next(session, here.actor, here.project.id)
    if trace_id is None:
        return show.go(here.url("/queue"), "Nothing waits for you here.")
    return show.go(here.url(f"/traces/{trace_id}"))
