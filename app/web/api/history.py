"""The history of a project: every event that the caller may know of, the newest first."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import Field

from app.core.errors import NotFound
from app.core.language import _
from app.core.model import Frozen
from app.core.roles import ActorKind
from app.db.queries.history import HistoryFilter, event_of, page_of_history
from app.db.tables import Event
from app.web.api.deps import Here, Id
from app.web.api.etags import IfNoneMatch
from app.web.api.paging import Page, Paged, cursor_at
from app.web.deps import Db

router = APIRouter(prefix="/projects/{slug}/history", tags=["history"])
Word = Annotated[str, Query(max_length=60)]


class EventView(Frozen):
    """What somebody did. `data` holds ids and values, with `before` and `after` where it changed
    something; who was removed has no name of their own any more."""

    id: int
    at: datetime
    by: str
    by_id: int | None
    kind: ActorKind
    channel: str = Field(examples=["token"])
    verb: str = Field(examples=["golden"])
    subject: str = Field(examples=["branch:9"])
    trace_id: int | None
    data: dict[str, Any]


@router.get("")
def list_events(
    session: Db,
    here: Here,
    paging: Paged,
    person: Annotated[str, Query(max_length=60, description="An id, or a kind.")] = "",
    verb: Word = "",
    subject: Annotated[str, Query(max_length=60, description="Such as `trace:7`.")] = "",
    since: date | None = None,
    until: date | None = None,
) -> Page[EventView]:
    """What happened in a project, the newest first.

    Annotators and viewers see their own events and those of no person; days are UTC's.
    """
    before = paging.place(1)
    filters = HistoryFilter(person, verb, subject, since, until)
    start, most = before[0] if before else None, paging.limit
    found, more = page_of_history(session, here.actor, here.project.id, filters, start, most)
    following = cursor_at([found[-1].id]) if more else None
    return Page(items=tuple(map(_view, found)), next=following)


@router.get("/{event_id}", response_model=EventView)
def get_event(session: Db, here: Here, event_id: Id, condition: IfNoneMatch) -> Response:
    """One event of a project."""
    event = event_of(session, here.actor, here.project.id, event_id)
    if event is None:
        raise NotFound(_("There is no such event."))
    return condition.show(_view(event))


def _view(event: Event) -> EventView:
    named = {name: getattr(event, name) for name in ("id", "at", "channel", "verb", "subject")}
    return EventView(
        **named,
        by=event.actor["name"],
        by_id=event.actor["id"],
        kind=event.actor["kind"],
        trace_id=event.trace_id,
        data=event.data,
    )
