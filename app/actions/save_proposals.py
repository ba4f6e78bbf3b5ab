"""Keeping proposals: each once on its branch, with its first words for ever.

Promises: of the open proposals of a branch no two are about the same flaw at the same place. One
that another confirms gives way to a new one that names both; it stays stored, as `merged`.
"""

import hashlib
from collections.abc import Iterable, Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.core.merge import merged, same_place, sources_of
from app.core.proposal import Proposal
from app.db.tables import Branch, Project, ProposalRow


def keep_proposals(
    session: Session, branch: Branch, found: Iterable[Proposal], project: Project
) -> None:
    """Keep what a look found, merged with what is open, but for what a person rejected before."""
    rows = _rows(session, branch, "open")
    new = [each for each in found if not _rejected(session, branch, each)]
    for proposal in merged([*rows.values(), *new]):
        within = [row_id for row_id, known in rows.items() if _is_in(known, proposal)]
        if [rows[row_id] for row_id in within] != [proposal]:
            row = save_proposal(session, branch, proposal, project)
            _give_way(session, [row_id for row_id in within if row_id != row.id])


def save_proposal(
    session: Session, branch: Branch, proposal: Proposal, project: Project
) -> ProposalRow:
    """Store a proposal; the same one from the same sources is stored once on a branch."""
    key = _key(proposal)
    known = session.scalar(
        select(ProposalRow).where(ProposalRow.branch_id == branch.id, ProposalRow.key == key)
    )
    if known:
        known.state = "open" if known.state == "withdrawn" else known.state
        return known
    row = ProposalRow(
        trace_id=branch.trace_id,
        branch_id=branch.id,
        flaw=proposal.flaw,
        taxonomy_version=project.taxonomy["version"],
        proposal=proposal.model_dump(mode="json"),
        key=key,
    )
    session.add(row)
    session.flush()
    return row


def _rows(session: Session, branch: Branch, state: str) -> dict[int, Proposal]:
    """The branch's proposals in a state, by id, oldest first."""
    mine = select(ProposalRow).where(ProposalRow.branch_id == branch.id, ProposalRow.state == state)
    rows = session.scalars(mine.order_by(ProposalRow.id))
    return {row.id: Proposal.model_validate(row.proposal) for row in rows}


def _rejected(session: Session, branch: Branch, proposal: Proposal) -> bool:
    """Whether it was rejected on this trace in these words, or here beside a model's."""
    told = select(ProposalRow.proposal).where(
        ProposalRow.trace_id == branch.trace_id, ProposalRow.state == "rejected"
    )
    said = (proposal.flaw, proposal.words, proposal.cut.model_dump())
    if any((row["flaw"], row["words"], row["cut"]) == said for row in session.scalars(told)):
        return True
    here = _rows(session, branch, "rejected").values()
    return any(proposal.source in each.confirmed_by and same_place(proposal, each) for each in here)


def _is_in(known: Proposal, proposal: Proposal) -> bool:
    """Whether a stored proposal is all in another: its flaw, its sources and its evidence."""
    return (
        known.flaw == proposal.flaw
        and sources_of(known) <= sources_of(proposal)
        and set(known.evidence) <= set(proposal.evidence)
    )


def _give_way(session: Session, row_ids: Sequence[int]) -> None:
    """Only where nobody judged them meanwhile."""
    session.execute(
        update(ProposalRow)
        .where(ProposalRow.id.in_(row_ids), ProposalRow.state == "open")
        .values(state="merged")
    )


def _key(proposal: Proposal) -> str:
    told = f"{proposal.source.model_dump_json()}|{proposal.cut.model_dump_json()}|{proposal.words}"
    others = "".join(f"|{source.model_dump_json()}" for source in proposal.confirmed_by)
    return hashlib.sha256((told + others).encode()).hexdigest()
