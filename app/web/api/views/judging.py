"""Proposed hints and what was decided, as the API shows them."""

from datetime import datetime

from pydantic import Field

from app.core.lifecycle import VerdictDecision
from app.core.model import Frozen
from app.core.proposal import Decision, Proposal
from app.core.trace import Cut
from app.core.trials import Trial
from app.db.tables import Judgement, ProposalRow, Verdict
from app.web.views.desk import Desk


class JudgementView(Frozen):
    """A decision on a hint; `branch_id` is the branch that goes on from it."""

    id: int
    proposal_id: int
    by: str
    decision: Decision
    words: str | None = Field(description="What really went in; null for a rejection.")
    cut: Cut | None
    reason: str
    branch_id: int | None
    at: datetime
    undone_at: datetime | None


class ProposalView(Frozen):
    """A hint with its first words, what was decided about it, and how trying it went.

    `open` says that it waits for this caller where the work goes on.
    """

    id: int = Field(examples=[871])
    branch_id: int
    proposal: Proposal
    open: bool
    judgements: tuple[JudgementView, ...]
    trials: tuple[Trial, ...]
    created_at: datetime


class VerdictView(Frozen):
    """A decision on a branch. One that is not `final` is a person's own under overlap.

    `informed`: given anew after its person had seen what the others decided.
    """

    id: int
    branch_id: int
    by: str
    decision: VerdictDecision
    reason: str
    final: bool
    informed: bool
    at: datetime
    withdrawn_at: datetime | None
    withdrawn_reason: str


def proposal_view(desk: Desk, row: ProposalRow) -> ProposalView:
    """A hint, as far as this caller may know of what was decided."""
    decided = (each for each in desk.judgements if each.proposal_id == row.id)
    return ProposalView(
        id=row.id,
        branch_id=row.branch_id,
        proposal=Proposal.model_validate(row.proposal),
        open=any(each.id == row.id for each in desk.facts.open_proposals),
        judgements=tuple(map(judgement_view, decided)),
        trials=tuple(desk.trials.get(row.id, ())),
        created_at=row.created_at,
    )


def shows_proposal(desk: Desk, row: ProposalRow) -> bool:
    """Whether the caller may know of a hint: not of another's own while they judge blindly."""
    if not desk.slots.blind:
        return True
    mine = {each.proposal_id for each in desk.judgements}
    own = row.proposal["source"]["kind"] == "person" and row.id not in mine
    return not own and any(each.id == row.branch_id for each in desk.branches)


def judgement_view(row: Judgement) -> JudgementView:
    """A decision on a hint."""
    plain = JudgementView.model_fields.keys() - {"by", "cut"}
    cut = Cut.model_validate(row.cut) if row.cut else None
    named = {name: getattr(row, name) for name in plain}
    return JudgementView(**named, by=str(row.actor["name"]), cut=cut)


def verdict_view(row: Verdict, desk: Desk) -> VerdictView:
    """A decision on a branch, as far as the caller may know of it."""
    names = VerdictView.model_fields.keys() - {"by", "final"}
    named = {name: getattr(row, name) for name in names}
    return VerdictView(**named, final=desk.decides(row), by=str(row.actor["name"]))
