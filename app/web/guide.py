"""The guided first trace: begun from a project's first page or the help, and gone on with."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Response

from app.actions.guide import begin_guide, first_trace, pass_step, put_guide_away
from app.core.guide import GuideStep
from app.core.language import _
from app.web.deps import Db, Here, Place, Show, Showing
from app.web.views.desk import load_desk
from app.web.views.guide import guide_view

router = APIRouter(prefix="/p/{slug}")
_TRACE = "/traces/{trace_id}/guide"


@router.post("/guide")
def begin(show: Showing, session: Db, here: Here) -> Response:
    """Begin on a trace that is good to begin with."""
    trace_id = first_trace(session, here.actor, here.project.id)
    if trace_id is None:
        return show.go(here.url("/queue"), _("Nothing waits for you here."))
    begin_guide(session, here.actor)
    return show.go(here.url(f"/traces/{trace_id}"))


@router.get(_TRACE)
def guide(
    show: Showing, session: Db, here: Here, trace_id: int, branch: int | None = None
) -> Response:
    """The guide as it is now."""
    return _part(show, session, here, trace_id, branch)


@router.post(_TRACE)
def go_on(
    show: Showing,
    session: Db,
    here: Here,
    trace_id: int,
    branch: Annotated[int, Form()],
    step: Annotated[GuideStep, Form()],
) -> Response:
    """Pass a step by having read it."""
    load_desk(session, here, trace_id, branch)
    pass_step(session, here.actor, step)
    return _changed(show, session, here, trace_id, branch)


@router.post(f"{_TRACE}/away")
def put_away(
    show: Showing, session: Db, here: Here, trace_id: int, branch: Annotated[int, Form()]
) -> Response:
    """Show it no more."""
    load_desk(session, here, trace_id, branch)
    put_guide_away(session, here.actor)
    return _changed(show, session, here, trace_id, branch)


@router.post(f"{_TRACE}/again")
def again(show: Showing, session: Db, here: Here, trace_id: int) -> Response:
    """Begin again, on this trace."""
    load_desk(session, here, trace_id)
    begin_guide(session, here.actor)
    return show.go(here.url(f"/traces/{trace_id}"))


def _changed(show: Show, session: Db, here: Place, trace_id: int, branch: int) -> Response:
    session.flush()
    back = here.url(f"/traces/{trace_id}?branch={branch}")
    return show.changed("workbench/guide", back, here, **_context(session, here, trace_id, branch))


def _part(show: Show, session: Db, here: Place, trace_id: int, branch: int | None) -> Response:
    context = _context(session, here, trace_id, branch)
    return show.part("workbench/guide", here, **context)


def _context(session: Db, here: Place, trace_id: int, branch: int | None) -> dict[str, Any]:
    desk = load_desk(session, here, trace_id, branch)
    at = here.url(f"/traces/{trace_id}")
    return {"guide": guide_view(session, desk), "at": at, "branch": desk.branch.id}
