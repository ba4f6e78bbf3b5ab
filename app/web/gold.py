"""Gold standards: marking a trace, taking the mark away, and how well people did; for leads."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Response

from app.actions.gold import mark_gold, unmark_gold
from app.core.errors import Invalid
from app.core.language import _
from app.core.lifecycle import VerdictDecision
from app.web.deps import Db, LeadHere, Showing
from app.web.views.desk import load_desk
from app.web.views.gold import gold_view

router = APIRouter(prefix="/p/{slug}")


def trace_here(session: Db, here: LeadHere, trace_id: int) -> int:
    """The trace of the address. Raises NotFound where it is not of the project."""
    return load_desk(session, here, trace_id).trace.id


ThisTrace = Annotated[int, Depends(trace_here)]
Typed = Annotated[str, Form()]


@router.get("/gold")
def gold(show: Showing, session: Db, here: LeadHere) -> Response:
    """Which there are, and how well people did."""
    return show.page("gold", here, view=gold_view(session, here.project))


@router.post("/traces/{trace_id}/gold")
def mark(
    show: Showing,
    session: Db,
    here: LeadHere,
    trace_id: ThisTrace,
    decision: Annotated[VerdictDecision | None, Form()] = None,
    flaw: Typed = "",
    step: Typed = "",
) -> Response:
    """Mark it; an empty form takes what the verdict that stands says."""
    if step and not (step.isdecimal() and 1 <= len(step) <= 6 and int(step)):
        raise Invalid(_("The step can’t be read."))
    at = int(step) - 1 if step else None
    mark_gold(session, here.actor, trace_id, decision, flaw, at)
    return show.go(here.url(f"/traces/{trace_id}"), _("It is a gold standard now."))


@router.post("/traces/{trace_id}/gold/remove")
def unmark(show: Showing, session: Db, here: LeadHere, trace_id: ThisTrace) -> Response:
    """Take the mark away."""
    unmark_gold(session, here.actor, trace_id)
    return show.go(here.url(f"/traces/{trace_id}"), _("It is no gold standard any more."))
