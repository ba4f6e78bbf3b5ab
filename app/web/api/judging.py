"""Judging a trace: hints that were proposed or are one's own, verdicts, and taking them back."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import Field
from sqlalchemy import select

from app.actions.judge_branch import judge_branch
from app.actions.judge_proposal import judge_proposal
from app.actions.propose_own import propose_own
from app.actions.try_proposal import TRIALS, stop_trials, try_proposal
from app.actions.undo import reopen, undo
from app.core.errors import NotFound
from app.core.language import _
from app.core.lifecycle import VerdictDecision
from app.core.model import Frozen
from app.core.proposal import MAX_WORDS, Decision
from app.core.trace import Cut
from app.db.tables import ProposalRow, Verdict
from app.web.api.deps import Here, Id
from app.web.api.etags import shown
from app.web.api.paging import Page, Paged
from app.web.api.problems import Reason
from app.web.api.sent import Sent
from app.web.api.traces import BRANCH, TRACE, Changed, ChangedBranch, ThisTrace, view_of
from app.web.api.views.judging import (
    JudgementView,
    ProposalView,
    VerdictView,
    judgement_view,
    proposal_view,
    shows_proposal,
    verdict_view,
)
from app.web.api.views.traces import TraceView
from app.web.deps import Db

router = APIRouter(prefix="/projects/{slug}", tags=["judging"])
PROPOSAL = f"{TRACE}/proposals/{{proposal_id}}"
Words = Annotated[str | None, Field(max_length=MAX_WORDS, examples=["Let me look again."])]


class NewJudgement(Frozen):
    """A decision on a hint. Other words or another place make it an edit; a rejection has a
    reason."""

    decision: Decision
    words: Words = None
    cut: Cut | None = None
    reason: str = Field("", max_length=10_000)


class OwnHint(Frozen):
    """A hint of one's own on characters `start` to `end` of a step that show a flaw.

    Without a `cut` it stands where it would be proposed: before the flawed sentence.
    """

    flaw: str = Field(max_length=60, examples=["wrong-objective"])
    step: int = Field(ge=0, le=2**31 - 1, examples=[0])
    start: int = Field(ge=0, le=2**31 - 1, examples=[0])
    end: int = Field(ge=0, le=2**31 - 1, examples=[7])
    words: str = Field(min_length=1, max_length=MAX_WORDS, examples=["Let me look again."])
    cut: Cut | None = None


class NewTrials(Frozen):
    """How often the Reasoner is to go on with a hint, and as often without it; in these words."""

    k: int = Field(TRIALS, ge=1, le=100)
    words: Words = None
    cut: Cut | None = None


class Count(Frozen):
    """How many began, or were stopped."""

    count: int = Field(examples=[3])


class NewVerdict(Frozen):
    """A decision on a finished branch; anything but golden has a reason."""

    decision: VerdictDecision
    reason: str = Field("", max_length=10_000, examples=["The data is incomplete."])


class Undo(Frozen):
    """Which judgement is to be undone; null is the newest decision of one's own."""

    judgement: int | None = Field(None, ge=1, le=2**31 - 1, examples=[7])


def proposal_to_change(session: Db, desk: Changed, proposal_id: Id) -> ProposalRow:
    """The hint of the address. Raises NotFound for one of another trace."""
    row = session.get(ProposalRow, proposal_id)
    if row is None or row.trace_id != desk.trace.id or not shows_proposal(desk, row):
        raise NotFound(_("There is no such hint on this trace."))
    return row


Judged = Annotated[ProposalRow, Depends(proposal_to_change)]


@router.get(f"{TRACE}/proposals")
def list_proposals(session: Db, desk: ThisTrace, paging: Paged) -> Page[ProposalView]:
    """The hints that were proposed on a trace, with what was decided about them."""
    known = (row.id for row in desk.proposals if shows_proposal(desk, row))
    found = select(ProposalRow).where(ProposalRow.id.in_(known))
    rows, following = paging.rows(session, found, ProposalRow.id)
    return Page(items=tuple(proposal_view(desk, row) for row in rows), next=following)


@router.post(f"{PROPOSAL}/judgements", status_code=201)
def judge_proposal_(session: Db, here: Here, row: Judged, new: Sent[NewJudgement]) -> JudgementView:
    """Accept, edit or reject a hint. For annotators.

    An accepted one begins a branch, on which the Reasoner goes on.
    """
    judgement = judge_proposal(
        session,
        here.actor,
        row.id,
        new.decision,
        words=new.words,
        cut=new.cut,
        reason=new.reason,
    )
    session.flush()
    return judgement_view(judgement)


@router.post(f"{PROPOSAL}/trials", status_code=201)
def try_proposal_(session: Db, here: Here, row: Judged, new: Sent[NewTrials]) -> Count:
    """Have a hint tried before it is judged; gives how many continuations began. For annotators."""
    begun = try_proposal(session, here.actor, row.id, new.k, words=new.words, cut=new.cut)
    return Count(count=begun)


@router.post(f"{PROPOSAL}/trials/stop")
def stop_trials_(session: Db, here: Here, row: Judged) -> Count:
    """Stop what still runs of a hint's trials; gives how many ran. For annotators."""
    return Count(count=stop_trials(session, here.actor, row.id))


@router.post(f"{BRANCH}/hints", status_code=201)
def propose_own_(session: Db, here: Here, desk: ChangedBranch, new: Sent[OwnHint]) -> JudgementView:
    """Put in a hint of one's own, and let the Reasoner go on from it. For annotators."""
    judgement = propose_own(session, here.actor, desk.branch.id, **dict(new))
    session.flush()
    return judgement_view(judgement)


@router.get(f"{TRACE}/verdicts")
def list_verdicts(session: Db, desk: ThisTrace, paging: Paged) -> Page[VerdictView]:
    """The verdicts on a trace, withdrawn ones too."""
    found = select(Verdict).where(Verdict.id.in_(row.id for row in desk.verdicts))
    rows, following = paging.rows(session, found, Verdict.id)
    return Page(items=tuple(verdict_view(row, desk) for row in rows), next=following)


@router.post(f"{BRANCH}/verdicts", status_code=201)
def judge_branch_(
    session: Db, here: Here, desk: ChangedBranch, new: Sent[NewVerdict]
) -> VerdictView:
    """Call a branch golden, discard it, or say that one is unsure. For annotators."""
    verdict = judge_branch(session, here.actor, desk.branch.id, new.decision, new.reason)
    session.flush()
    return verdict_view(verdict, desk)


@router.post(f"{TRACE}/undo", response_model=TraceView)
def undo_(session: Db, here: Here, desk: Changed, which: Sent[Undo]) -> Response:
    """Take back one's own newest decision on a trace, or one judgement. For annotators."""
    undo(session, here.actor, desk.trace.id, which.judgement)
    return shown(view_of(session, here, desk.trace.id))


@router.post(f"{TRACE}/reopen", response_model=TraceView)
def reopen_(session: Db, here: Here, desk: Changed, given: Sent[Reason]) -> Response:
    """Withdraw the verdict on a trace. For annotators."""
    reopen(session, here.actor, desk.trace.id, given.reason)
    return shown(view_of(session, here, desk.trace.id))
