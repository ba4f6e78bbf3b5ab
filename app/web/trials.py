"""Trying a proposed hint from its card on the workbench, and stopping that."""

from typing import Annotated

from fastapi import APIRouter, Form, Response

from app.actions.try_proposal import stop_trials, try_proposal
from app.core.language import _
from app.web.workbench import Doing, Words, cut_from, proposal_here, unix

router = APIRouter(prefix="/p/{slug}/traces/{trace_id}/proposals/{proposal_id}")
Count = Annotated[int, Form()]


@router.post("/try")
def try_it(
    deed: Doing, proposal_id: int, k: Count, shown: Count = 0, words: Words = "", cut: Words = ""
) -> Response:
    """Let the Reasoner go on with the hint as the form has it, and without it."""
    proposal_here(deed, proposal_id)
    begun = try_proposal(
        deed.session,
        deed.actor,
        proposal_id,
        k,
        words=unix(words) or None,
        cut=cut_from(cut),
        shown=shown,
    )
    return deed.done(_("The hint is being tried.") if begun else _("It is being tried already."))


@router.post("/stop")
def stop(deed: Doing, proposal_id: int) -> Response:
    """Stop its trials."""
    proposal_here(deed, proposal_id)
    stop_trials(deed.session, deed.actor, proposal_id)
    return deed.done(_("Stopped. What was finished stays."))
