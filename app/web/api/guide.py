"""The guided first trace: begun, gone on with, put away; kept for the caller and nobody else."""

from fastapi import APIRouter, Response
from pydantic import Field
from sqlalchemy.orm import Session

from app.actions.claims import seconds_held
from app.actions.guide import begin_guide, first_trace, pass_step, put_guide_away
from app.core.guide import GuideStep
from app.core.model import Frozen
from app.web.api.claims import NOTHING, ClaimView
from app.web.api.deps import Here
from app.web.api.etags import IfNoneMatch, shown
from app.web.api.sent import Sent
from app.web.api.traces import TRACE, ThisTrace
from app.web.api.views.guide import GuideView, guide_view
from app.web.deps import Db
from app.web.views.desk import Desk

router = APIRouter(prefix="/projects/{slug}", tags=["guide"])
_GUIDE = f"{TRACE}/guide"


class PassedStep(Frozen):
    """A step that was read; what is passed by a deed is passed by doing it."""

    step: GuideStep = Field(examples=["problem"])


@router.post("/guide", responses=NOTHING)
def begin_guide_(session: Db, here: Here) -> ClaimView:
    """Begin on a trace that is good to begin with, and hold it. For annotators."""
    trace_id = first_trace(session, here.actor, here.project.id)
    if trace_id is None:
        return Response(status_code=204)  # type: ignore[return-value] # which FastAPI allows
    begin_guide(session, here.actor)
    return ClaimView(trace_id=trace_id, seconds=seconds_held(session, here.actor, trace_id))


@router.delete("/guide", status_code=204)
def put_guide_away_(session: Db, here: Here) -> None:
    """Show it no more, until it is begun again. For annotators."""
    put_guide_away(session, here.actor)


@router.get(_GUIDE, response_model=GuideView)
def get_guide(session: Db, desk: ThisTrace, condition: IfNoneMatch) -> Response:
    """The step that the caller is at on a trace."""
    return condition.show(guide_view(session, desk))


@router.post(_GUIDE, response_model=GuideView)
def begin_guide_here(session: Db, here: Here, desk: ThisTrace) -> Response:
    """Begin again, on this trace. For annotators."""
    begin_guide(session, here.actor)
    return _shown(session, desk)


@router.post(f"{_GUIDE}/steps", response_model=GuideView)
def pass_step_(session: Db, here: Here, desk: ThisTrace, passed: Sent[PassedStep]) -> Response:
    """Pass a step by having read it. For annotators."""
    pass_step(session, here.actor, passed.step)
    return _shown(session, desk)


def _shown(session: Session, desk: Desk) -> Response:
    session.flush()
    return shown(guide_view(session, desk))
