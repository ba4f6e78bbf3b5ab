"""The history of a project or of the installation: what the caller may know of, also as a file."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field
from sqlalchemy.orm import Session

from app.core.errors import NotFound
from app.core.language import _
from app.core.model import Frozen
from app.core.roles import Actor, ActorKind
from app.db.queries.history import HistoryFilter, event_of, page_of_history
from app.db.tables import Event
from app.web.api.deps import Admin, Here, Id
from app.web.api.etags import IfNoneMatch
from app.web.api.paging import Page, Paged, Paging, cursor_at
from app.web.deps import Db, WebPorts
from app.web.history import Format, file_of
from app.web.views.exported_history import FORMATS

router = APIRouter(tags=["history"])
HERE = "/projects/{slug}/history"
_FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {kind.partition(";")[0]: {} for kind, _lines in FORMATS.values()}},
}
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


def filters_of(
    person: Annotated[str, Query(max_length=60, description="An id, or a kind.")] = "",
    verb: Word = "",
    subject: Annotated[str, Query(max_length=60, description="Such as `trace:7`.")] = "",
    since: date | None = None,
    until: date | None = None,
) -> HistoryFilter:
    """What is looked for; days are UTC's."""
    return HistoryFilter(person, verb, subject, since, until)


Narrowed = Annotated[HistoryFilter, Depends(filters_of)]


@router.get(HERE)
def list_events(session: Db, here: Here, paging: Paged, filters: Narrowed) -> Page[EventView]:
    """What happened in a project, the newest first.

    Annotators and viewers see their own events and those of no person; days are UTC's.
    """
    return _page(session, here.actor, here.project.id, filters, paging)


@router.get(f"{HERE}/export", response_class=Response, responses=_FILE)
def export_events(ports: WebPorts, here: Here, filters: Narrowed, format: Format) -> Response:
    """The same as a file, the oldest first: CSV, or a line of JSON for each event."""
    return file_of(ports, here.actor, here.project.id, filters, format, here.project.slug)


@router.get("/history")
def list_all_events(session: Db, actor: Admin, paging: Paged, filters: Narrowed) -> Page[EventView]:
    """What happened in the whole installation, the newest first. For administrators."""
    return _page(session, actor, None, filters, paging)


@router.get("/history/export", response_class=Response, responses=_FILE)
def export_all_events(ports: WebPorts, actor: Admin, filters: Narrowed, format: Format) -> Response:
    """The same as a file, the oldest first. For administrators."""
    return file_of(ports, actor, None, filters, format, "calm")


def _page(
    session: Session, actor: Actor, project_id: int | None, filters: HistoryFilter, paging: Paging
) -> Page[EventView]:
    before = paging.place(1)
    start, most = before[0] if before else None, paging.limit
    found, more = page_of_history(session, actor, project_id, filters, start, most)
    following = cursor_at([found[-1].id]) if more else None
    return Page(items=tuple(map(_view, found)), next=following)


@router.get(f"{HERE}/{{event_id}}", response_model=EventView)
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
