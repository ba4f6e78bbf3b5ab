"""What is done from a step of a trace: sampling again from there."""

from typing import Annotated

from fastapi import APIRouter, Form, Response

from app.actions.sample_again import sample_again
from app.core.language import _
from app.web.workbench import Doing

router = APIRouter(prefix="/p/{slug}/traces/{trace_id}")
Number = Annotated[int, Form()]


@router.post("/sample")
def sample(deed: Doing, step: Number, known: Number = 0) -> Response:
    """Let the Reasoner go on from before a step again, without a hint; the page goes there."""
    deed.check_fresh()
    begun = sample_again(deed.session, deed.actor, deed.branch.id, step - 1, known)
    said = _("The Reasoner goes on from step %(step)s again, without a hint.", step=step)
    return deed.on_to(begun.id, said)
