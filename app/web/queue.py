"""The queue: what waits for a person, and the next of it; of a project, or of all of a person's."""

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Response

from app.actions.accounts import actor_of
from app.actions.claims import claim_next
from app.actions.projects import visible_projects
from app.actions.set_queue_order import set_queue_order
from app.actions.why import why_nothing
from app.core.language import _
from app.db.queries.queue_filters import Cursor, Filters
from app.db.tables import QueueOrder
from app.web.deps import Db, Here, Person, PersonActor, Showing
from app.web.views.bulk import deeds_of
from app.web.views.queue import queue_view

router = APIRouter()


def filters_of(
    state: str = "review",
    held: str = "",
    disputed: str = "",
    source: str = "",
    flaw: str = "",
    confidence: str = "",
    model: str = "",
    outcome: str = "",
    assigned: str = "",
) -> Filters:
    """The filters of an address."""
    return Filters(state, held, disputed, source, flaw, confidence, model, outcome, assigned)


def cursor_of(after: Annotated[str, Query(max_length=30)] = "") -> Cursor | None:
    """Where an address goes on from; None, the first page, for what says no place."""
    found = re.fullmatch(r"(?:([0-9]{1,3})[.])?([0-9]{1,9})", after, re.ASCII)
    return Cursor(int(found[1] or 0), int(found[2])) if found else None


Narrowed = Annotated[Filters, Depends(filters_of)]
After = Annotated[Cursor | None, Depends(cursor_of)]
Order = Annotated[QueueOrder, Form()]


@router.get("/p/{slug}/queue")
def queue_page(
    show: Showing, session: Db, here: Here, person: Person, filters: Narrowed, after: After
) -> Response:
    """The traces of a project that the filters leave, in the person's order."""
    view = queue_view(session, [here.project], person, filters, after)
    may = here.actor.may("annotator")
    return show.page("queue", here, view=view, may_annotate=may, deeds=deeds_of(here.actor))


@router.get("/queue")
def queue_of_all(
    show: Showing, session: Db, person: Person, filters: Narrowed, after: After
) -> Response:
    """The same of all the person's projects."""
    view = queue_view(session, visible_projects(session, person), person, filters, after)
    return show.page("queue", view=view, may_annotate=bool(view.total), deeds=())


@router.post("/p/{slug}/queue/next")
def next_trace(show: Showing, session: Db, here: Here) -> Response:
    """Claim the next trace and open it."""
    trace_id = claim_next(session, here.actor, here.project.id)
    if trace_id is None:
        return show.go(here.url("/queue"), why_nothing(session, here.actor, here.project.id))
    return show.go(here.url(f"/traces/{trace_id}"))


@router.post("/queue/next")
def next_of_all(show: Showing, session: Db, person: Person) -> Response:
    """The next trace of the first project that has one for this person."""
    for project in visible_projects(session, person):
        actor = actor_of(session, person, project.id)
        if actor.may("annotator") and (found := claim_next(session, actor, project.id)):
            return show.go(f"/p/{project.slug}/traces/{found}")
    return show.go("/queue", _("Nothing waits for you here."))


@router.post("/p/{slug}/queue/order")
def order_here(show: Showing, session: Db, here: Here, order: Order) -> Response:
    """Keep the order that the person wants, and show the queue in it."""
    set_queue_order(session, here.actor, order)
    return show.go(here.url("/queue"))


@router.post("/queue/order")
def order_of_all(show: Showing, session: Db, actor: PersonActor, order: Order) -> Response:
    """The same from the queue of all projects."""
    set_queue_order(session, actor, order)
    return show.go("/queue")
