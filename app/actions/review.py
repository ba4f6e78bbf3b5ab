"""Looking at a branch for flaws: the rules and the project's Intervener propose, people judge.

Promises: each source's look is recorded, also one that found nothing or failed; a source that fails
doesn't keep the others from proposing; the same proposal is stored once. Nobody looks before the
models that the path's code solved are examined.
"""

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.await_solves import await_solves
from app.actions.cases import case_of
from app.actions.models import interveners_of
from app.actions.ports import Ports
from app.actions.record import WORKER, get, record_on_trace
from app.actions.save_proposals import save_proposal
from app.actions.spending import add_usage, cap_refusal
from app.actions.work import Held, Lost, let_go
from app.backends.interveners.base import Intervener
from app.backends.reasoners.base import Usage
from app.core.case import Case
from app.core.errors import CalmError, Refused
from app.core.proposal import Flawless, Proposal
from app.db.session import reading, transaction
from app.db.tables import Branch, Project, ProposalRow, Review

Found = tuple[Proposal, ...] | Flawless | str
"""What one source gave: proposals, its word that there is no flaw, or why it failed."""


def review_branch(ports: Ports, held: Held) -> None:
    """Ask every source of the project about the branch that `held` is about; keep what they say."""
    if await_solves(ports, held):
        return
    case, sources, refusal = _read(ports, held)
    found: list[tuple[str, Found]] = []
    used: list[Usage] = []
    for name, source in sources.items():
        if held.lost.is_set():
            return
        if isinstance(source, str):
            found.append((name, source))
        else:
            found.append((source.name, _ask(source, case, refusal, used.append)))
    with transaction(ports.engine) as session:
        # Apart from the proposals: what a cancelled look cost was spent all the same.
        for tokens in used:
            add_usage(session, get(session, Branch, held.branch_id or 0), "intervener", tokens)
    try:
        with transaction(ports.engine) as session:
            _keep(session, held, found)
    except Lost:
        return


def _read(ports: Ports, held: Held) -> tuple[Case, dict[str, Intervener | str], str | None]:
    with reading(ports.engine) as session:
        branch = get(session, Branch, held.branch_id or 0)
        project = get(session, Project, held.project_id)
        sources, refusal = interveners_of(session, project), cap_refusal(session, project)
        return case_of(session, branch), sources, refusal


def _ask(
    source: Intervener, case: Case, refusal: str | None, on_usage: Callable[[Usage], None]
) -> Found:
    try:
        if refusal and source.name not in ("rules", "recorded"):
            raise Refused(refusal)
        return source.review(case, on_usage)
    except CalmError as error:
        return str(error)


def _keep(session: Session, held: Held, found: list[tuple[str, Found]]) -> None:
    branch = get(session, Branch, held.branch_id or 0)
    project = get(session, Project, held.project_id)
    failures = [result for _, result in found if isinstance(result, str)]
    let_go(session, held, "failed" if failures else "done", "; ".join(failures))
    for name, result in found:
        session.add(_look(branch, name, result))
        if isinstance(result, tuple):
            _save(session, branch, project, result)
    record_on_trace(session, WORKER, "review", f"branch:{branch.id}", branch.trace)


def _save(
    session: Session, branch: Branch, project: Project, proposals: tuple[Proposal, ...]
) -> None:
    """Keep proposals, but for those whose hint was rejected before in the very same words."""
    rejected = select(ProposalRow.proposal).where(
        ProposalRow.trace_id == branch.trace_id, ProposalRow.state == "rejected"
    )
    known = {(row["flaw"], row["words"], str(row["cut"])) for row in session.scalars(rejected)}
    for proposal in proposals:
        if (proposal.flaw, proposal.words, str(proposal.cut.model_dump())) not in known:
            save_proposal(session, branch, proposal, project)


def _look(branch: Branch, name: str, result: Found) -> Review:
    return Review(
        branch_id=branch.id,
        source={"name": name},
        proposed=len(result) if isinstance(result, tuple) else 0,
        reasons=result.reasons if isinstance(result, Flawless) else "",
        failure=result if isinstance(result, str) else "",
    )
