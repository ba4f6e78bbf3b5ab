"""Claims: the next trace of the queue, holding one, keeping it, and giving it back."""

from typing import Any

from fastapi import APIRouter, Response
from pydantic import Field

from app.actions.claims import (
    claim_next,
    claim_trace,
    free_trace,
    put_off,
    release_claim,
    seconds_held,
)
from app.actions.projects import visible_projects
from app.core.language import N_
from app.core.model import Frozen
from app.web.api.deps import Caller, Here, actor_in, user_of
from app.web.api.etags import IfNoneMatch
from app.web.api.traces import TRACE, ThisTrace
from app.web.deps import Db

router = APIRouter(prefix="/projects/{slug}", tags=["claims"])
everywhere = APIRouter(tags=["claims"])
NOTHING: dict[int | str, dict[str, Any]] = {
    204: {"description": "Nothing waits for the caller."},
}


class ClaimView(Frozen):
    """For how many seconds more the caller holds a trace; 0 where they don't."""

    trace_id: int
    seconds: int = Field(examples=[1800])


class ClaimThere(ClaimView):
    """A claim in the project `slug`."""

    slug: str = Field(examples=["ducks"])


@everywhere.post("/queue/next", responses=NOTHING)
def claim_next_anywhere(session: Db, actor: Caller) -> ClaimThere:
    """Claim the next trace of the first project that has one for the caller. For annotators."""
    actor.require_scope("annotate", N_("annotate"))
    for project in visible_projects(session, user_of(session, actor)):
        inside = actor_in(session, actor, project.id)
        if inside.may("annotator") and (found := claim_next(session, inside, project.id)):
            seconds = seconds_held(session, inside, found)
            return ClaimThere(slug=project.slug, trace_id=found, seconds=seconds)
    return Response(status_code=204)  # type: ignore[return-value] # which FastAPI allows


@router.post("/queue/next", responses=NOTHING)
def claim_next_(session: Db, here: Here) -> ClaimView:
    """Claim the next trace of the queue. For annotators.

    What the caller holds already comes first. No two callers get the same.
    """
    trace_id = claim_next(session, here.actor, here.project.id)
    if trace_id is None:
        return Response(status_code=204)  # type: ignore[return-value] # which FastAPI allows
    return ClaimView(trace_id=trace_id, seconds=seconds_held(session, here.actor, trace_id))


@router.get(f"{TRACE}/claim", response_model=ClaimView)
def get_claim(desk: ThisTrace, condition: IfNoneMatch) -> Response:
    """For how long the caller still holds a trace."""
    return condition.show(ClaimView(trace_id=desk.trace.id, seconds=desk.left))


@router.post(f"{TRACE}/claim", status_code=201)
def claim_trace_(session: Db, here: Here, desk: ThisTrace) -> ClaimView:
    """Hold a trace. For annotators."""
    claim_trace(session, here.actor, desk.trace.id)
    return _held(session, here, desk)


@router.post(f"{TRACE}/claim/heartbeat")
def keep_claim(session: Db, here: Here, desk: ThisTrace) -> ClaimView:
    """Say that the caller is still at it: their claim lasts as if it were new. For annotators."""
    here.actor.require("annotator", N_("annotate"))
    seconds = seconds_held(session, here.actor, desk.trace.id, keep=True)
    return ClaimView(trace_id=desk.trace.id, seconds=seconds)


@router.delete(f"{TRACE}/claim", status_code=204)
def release_claim_(session: Db, here: Here, desk: ThisTrace) -> None:
    """Give one's claim back. For annotators."""
    release_claim(session, here.actor, desk.trace.id)


@router.post(f"{TRACE}/later", status_code=204)
def put_off_(session: Db, here: Here, desk: ThisTrace) -> None:
    """Give one's claim back and see this trace after all others. For annotators."""
    put_off(session, here.actor, desk.trace.id)


@router.delete(f"{TRACE}/claims", status_code=204)
def free_trace_(session: Db, here: Here, desk: ThisTrace) -> None:
    """Take a trace from whoever holds it. For leads."""
    free_trace(session, here.actor, desk.trace.id)


def _held(session: Db, here: Here, desk: ThisTrace) -> ClaimView:
    seconds = seconds_held(session, here.actor, desk.trace.id)
    return ClaimView(trace_id=desk.trace.id, seconds=seconds)
