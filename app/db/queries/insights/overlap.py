"""What people said of the same traces, each for themselves, under overlap."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.core.proposal import Proposal
from app.db.tables import Branch, Claim, GoldStandard, Judgement, ProposalRow, Trace, User, Verdict


class Opinion(NamedTuple):
    """A person's verdict on a trace, and the first flaw that they accepted in what all were given.

    `flaw` and `step` are None where they accepted none: they found it flawless, or to be discarded.
    """

    trace_id: int
    person: str
    at: datetime
    decision: str
    flaw: str | None
    step: int | None


def opinions(session: Session, project_id: int) -> list[Opinion]:
    """Every person's own verdict that stands on a trace that all have judged, oldest first.

    Of another it would tell who has yet to judge it. Verdicts given after having seen the others'
    are none: who follows others agrees with nobody.
    """
    to_do = select(Claim.id).where(Claim.trace_id == Trace.id, Claim.done_at.is_(None))
    to_do = to_do.where(Claim.gold_id.is_(None))
    flaws = first_flaws(session, project_id)
    query = (
        select(Verdict.trace_id, Verdict.user_id, User.name, Verdict.at, Verdict.decision)
        .join(Trace, Trace.id == Verdict.trace_id)
        .join(User, User.id == Verdict.user_id)
        .where(Trace.project_id == project_id, Verdict.final.is_(False), ~Verdict.informed)
        .where(Verdict.withdrawn_at.is_(None), Verdict.gold_id.is_(None), ~to_do.exists())
        .order_by(Verdict.id)
    )
    return [
        Opinion(trace_id, name, at, decision, *flaws.get((trace_id, user_id), (None, None)))
        for trace_id, user_id, name, at, decision in session.execute(query)
    ]


def first_flaws(
    session: Session, project_id: int, trace_id: int | None = None
) -> dict[tuple[int, int | None], tuple[str, int | None]]:
    """By trace and person: the flaw of the hint that stands first, and the step that shows it.

    Of traces that several people judge, each alone, or of any one.
    """
    found: dict[tuple[int, int | None], tuple[tuple[int, int], str, int | None]] = {}
    for judgement, proposal in _accepted(session, project_id, trace_id):
        key, cut = (judgement.trace_id, judgement.user_id), proposal.cut
        step = proposal.evidence[0].step if proposal.evidence else None
        first = ((cut.step, cut.offset), proposal.flaw, step)
        if key not in found or first[0] < found[key][0]:
            found[key] = first
    return {key: (flaw, step) for key, (_place, flaw, step) in found.items()}


def _accepted(
    session: Session, project_id: int, trace_id: int | None
) -> Iterator[tuple[Judgement, Proposal]]:
    """What people accepted on everybody's branches."""
    several = (Trace.overlap > 1) | exists().where(GoldStandard.trace_id == Trace.id)
    query = (
        select(Judgement, ProposalRow.proposal)
        .join(ProposalRow, ProposalRow.id == Judgement.proposal_id)
        .join(Branch, Branch.id == ProposalRow.branch_id)
        .join(Trace, Trace.id == Judgement.trace_id)
        .where(Trace.project_id == project_id, Branch.owner_id.is_(None))
        .where(several if trace_id is None else Trace.id == trace_id)
        .where(Judgement.decision != "reject", Judgement.undone_at.is_(None))
    )
    for judgement, proposal in session.execute(query):
        yield judgement, Proposal.model_validate(proposal)
