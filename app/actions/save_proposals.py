"""Keeping proposals: each once on its branch, with its first words for ever.

Promises: of the open proposals of a path no two are about the same flaw at the same place. What is
found of one that is open already joins it: it names its source too. Other words take its place only
where nobody is at work with it: no trial was made of it, nobody holds the trace, and it is of the
branch that was looked at; it then stays stored, as `merged`.
"""

import hashlib
from collections.abc import Iterable, Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.actions.claims import claimed
from app.actions.facts import open_proposals
from app.actions.record import lock_trace
from app.core.merge import merged, same_place, sources_of
from app.core.proposal import Proposal
from app.db.tables import Branch, Project, ProposalRow, TrialRow


def keep_proposals(
    session: Session, branch: Branch, found: Iterable[Proposal], project: Project
) -> None:
    """Keep what a look found, merged with what is open, but for what a person rejected before."""
    lock_trace(session, branch.trace_id)
    rows = {row: _proposal(row) for row in open_proposals(session, branch)}
    new = [each for each in found if not _rejected(session, branch, each)]
    for proposal in merged([*rows.values(), *new]):
        within = [row for row, known in rows.items() if _is_in(known, proposal)]
        if [rows[row] for row in within] != [proposal]:
            _keep(session, branch, proposal, within, project)


def _keep(
    session: Session,
    branch: Branch,
    proposal: Proposal,
    within: Sequence[ProposalRow],
    project: Project,
) -> None:
    """Let a proposal join one of those that it holds, or take their place."""
    busy = [row for row in within if _is_busy(session, branch, row)]
    same = [row for row in within if _said(_proposal(row)) == _said(proposal)]
    row = next(iter([*busy, *same]), None) or save_proposal(session, branch, proposal, project)
    if row.state == "merged" and within:
        row.state = "open"
    if row.state == "open":
        _join(row, proposal, branch)
        _give_way(session, [each.id for each in within if each not in (row, *busy)])


def save_proposal(
    session: Session, branch: Branch, proposal: Proposal, project: Project
) -> ProposalRow:
    """Store a proposal; the same one from the same source is stored once on a branch."""
    key = key_of(proposal)
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


def _proposal(row: ProposalRow) -> Proposal:
    return Proposal.model_validate(row.proposal)


def _is_busy(session: Session, branch: Branch, row: ProposalRow) -> bool:
    """Whether an open one keeps its place: it was tried, is held, or is of an earlier branch."""
    tried = select(TrialRow.id).where(TrialRow.proposal_id == row.id).limit(1)
    held = row.branch_id != branch.id or claimed(session, branch.trace_id)
    return held or session.scalar(tried) is not None


def _said(proposal: Proposal) -> tuple[object, ...]:
    return proposal.source, proposal.cut, proposal.words


def _join(row: ProposalRow, proposal: Proposal, branch: Branch) -> None:
    """Let a stored one name all who found it, and on its own branch show all their evidence."""
    known = _proposal(row)
    others = [each for each in (proposal.source, *proposal.confirmed_by) if each != known.source]
    evidence = proposal.evidence if row.branch_id == branch.id else known.evidence
    joined = known.model_copy(update={"confirmed_by": tuple(others), "evidence": evidence})
    row.proposal = joined.model_dump(mode="json")


def _rejected(session: Session, branch: Branch, proposal: Proposal) -> bool:
    """Whether it was rejected on this trace in these words, or here beside a model's."""
    told = select(ProposalRow.proposal).where(
        ProposalRow.trace_id == branch.trace_id, ProposalRow.state == "rejected"
    )
    said = (proposal.flaw, proposal.words, proposal.cut.model_dump())
    if any((row["flaw"], row["words"], row["cut"]) == said for row in session.scalars(told)):
        return True
    here = select(ProposalRow).where(
        ProposalRow.branch_id == branch.id, ProposalRow.state == "rejected"
    )
    known = map(_proposal, session.scalars(here))
    return any(proposal.source in it.confirmed_by and same_place(proposal, it) for it in known)


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


def key_of(proposal: Proposal) -> str:
    told = f"{proposal.source.model_dump_json()}|{proposal.cut.model_dump_json()}|{proposal.words}"
    return hashlib.sha256(told.encode()).hexdigest()
