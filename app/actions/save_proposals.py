"""Keeping proposals: each once on its branch, with its first words for ever."""

import hashlib

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.proposal import Proposal
from app.db.tables import Branch, Project, ProposalRow


def save_proposal(
    session: Session, branch: Branch, proposal: Proposal, project: Project
) -> ProposalRow:
    """Store a proposal; the same one from the same source is stored once on a branch."""
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


def _key(proposal: Proposal) -> str:
    told = f"{proposal.source.model_dump_json()}|{proposal.cut.model_dump_json()}|{proposal.words}"
    return hashlib.sha256(told.encode()).hexdigest()
