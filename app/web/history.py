"""The history of a project or of the whole installation: a page, its newest lines, and files."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import StreamingResponse

from app.actions.ports import Ports
from app.core.roles import Actor
from app.db.queries.history import HistoryFilter, whole_history
from app.db.session import snapshot
from app.web.deps import Db, Here, Showing, WebPorts
from app.web.people import Admin
from app.web.views.exported_history import FORMATS
from app.web.views.history import history_view, recent_lines

router = APIRouter()
Format = Literal["csv", "jsonl"]
Word = Annotated[str, Query(max_length=60)]


def filters_of(
    person: Word = "", verb: Word = "", subject: Word = "", since: Word = "", until: Word = ""
) -> HistoryFilter:
    """The filters of an address; a day that is none is anything."""
    return HistoryFilter(person, verb, subject, _day(since), _day(until))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


Filters = Annotated[HistoryFilter, Depends(filters_of)]
Before = Annotated[int | None, Query(ge=1, le=2**31 - 1)]


@router.get("/p/{slug}/history")
def history(
    show: Showing, session: Db, here: Here, filters: Filters, before: Before = None
) -> Response:
    """What happened in a project, newest first."""
    view = history_view(session, here.actor, here.project, filters, before)
    return show.page("history", here, view=view)


@router.get("/p/{slug}/history/recent")
def recent(show: Showing, session: Db, here: Here, subject: Word = "") -> Response:
    """The newest of what happened to one thing, for its page."""
    lines = recent_lines(session, here.actor, here.project, subject)
    return show.part("recent", here, lines=lines, subject=subject)


@router.get("/p/{slug}/history.{format}")
def exported(ports: WebPorts, here: Here, filters: Filters, format: Format) -> Response:
    """All that the filters leave, as a file."""
    return file_of(ports, here.actor, here.project.id, filters, format, here.project.slug)


@router.get("/history")
def history_of_all(
    show: Showing, session: Db, actor: Admin, filters: Filters, before: Before = None
) -> Response:
    """What happened in the whole installation: projects, accounts, settings of people."""
    return show.page("history", view=history_view(session, actor, None, filters, before))


@router.get("/history.{format}")
def exported_of_all(ports: WebPorts, actor: Admin, filters: Filters, format: Format) -> Response:
    """The same as a file."""
    return file_of(ports, actor, None, filters, format, "calm")


def file_of(
    ports: Ports,
    actor: Actor,
    project_id: int | None,
    filters: HistoryFilter,
    format: Format,
    name: str,
) -> Response:
    """The events as a file that is written while it is sent."""
    kind, lines = FORMATS[format]

    def pieces() -> Iterator[str]:
        with snapshot(ports.engine) as session:
            yield from lines(whole_history(session, actor, project_id, filters))

    headers = {"Content-Disposition": f'attachment; filename="{name}-history.{format}"'}
    return StreamingResponse(pieces(), media_type=kind, headers=headers)
