"""What people decided on a trace before it became a gold standard: apart, and given back.

Promises: it is each one's own for that time, as under overlap, and as it was when the mark is taken
away.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.db.tables import Branch, Claim, Judgement, ProposalRow, Trace, Verdict


def set_apart(session: Session, trace: Trace) -> dict[str, Any]:
    """Make what people decided their own, and take the free slots away; gives what was changed."""
    kept: dict[str, Any] = {"verdicts": [], "branches": [], "proposals": {}}
    for branch, person in _made_by_people(session, trace):
        branch.owner_id = person
        kept["branches"].append(branch.id)
    final = (Verdict.trace_id == trace.id, Verdict.final, Verdict.user_id.is_not(None))
    for verdict in session.scalars(select(Verdict).where(*final)):
        verdict.final = False
        kept["verdicts"].append(verdict.id)
    judged = select(Judgement.proposal_id).where(
        Judgement.trace_id == trace.id, Judgement.user_id.is_not(None)
    )
    decided = ProposalRow.state.in_(("accepted", "edited", "rejected"))
    for row in session.scalars(select(ProposalRow).where(ProposalRow.id.in_(judged), decided)):
        if row.proposal["source"]["kind"] != "person":
            kept["proposals"][str(row.id)] = row.state
            row.state = "open"
    for claim in session.scalars(select(Claim).where(Claim.trace_id == trace.id)).all():
        if claim.done_at is None:
            session.delete(claim)
    session.flush()
    return kept


def give_back(session: Session, trace: Trace, kept: dict[str, Any]) -> None:
    """Undo what `set_apart` changed, and let the free slots come back."""
    owned = update(Branch).where(Branch.id.in_(kept["branches"]))
    session.execute(owned.values(owner_id=None))
    session.execute(update(Verdict).where(Verdict.id.in_(kept["verdicts"])).values(final=True))
    for key, state in kept["proposals"].items():
        session.execute(update(ProposalRow).where(ProposalRow.id == int(key)).values(state=state))
    taken = set(session.scalars(select(Claim.slot).where(Claim.trace_id == trace.id)))
    free = set(range(1, trace.overlap + 1)) - taken
    session.add_all(Claim(trace_id=trace.id, slot=slot) for slot in sorted(free))


def _made_by_people(session: Session, trace: Trace) -> Iterator[tuple[Branch, int]]:
    """Branches that are everybody's though a person began them, or what they stand on."""
    begun = select(Judgement.branch_id, Judgement.user_id).where(
        Judgement.trace_id == trace.id, Judgement.user_id.is_not(None)
    )
    rows = session.execute(begun)
    makers = {branch_id: person for branch_id, person in rows if branch_id and person}
    for branch in sorted(trace.branches, key=lambda each: each.id):
        sampled = (branch.sampled or {}).get("id")
        person = makers.get(branch.id) or sampled or makers.get(branch.parent_id or 0)
        if person and branch.owner_id is None:
            makers[branch.id] = person
            yield branch, person
