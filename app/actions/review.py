"""Looking at a branch for flaws: the rules and the project's Intervener propose, people judge.

Promises: each source's look is recorded, also one that found nothing or failed; a source that fails
doesn't keep the others from proposing; the same proposal is stored once. Nobody looks before the
models that the path's code solved are examined.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.actions.auto import go_on_by_policy
from app.actions.await_solves import await_solves
from app.actions.cases import case_of
from app.actions.models import counter_of, interveners_of
from app.actions.ports import Ports
from app.actions.record import WORKER, get, record_on_trace
from app.actions.save_proposals import keep_proposals
from app.actions.spending import add_usage, cap_refusal
from app.actions.work import Held, Lost, let_go
from app.backends.interveners.base import Intervener
from app.backends.reasoners.base import Usage
from app.core.case import Case
from app.core.errors import CalmError, Refused
from app.core.proposal import Flawless, Proposal
from app.db.session import reading, transaction
from app.db.tables import Branch, Project, Review

Found = tuple[Proposal, ...] | Flawless | str
"""What one source gave: proposals, its word that there is no flaw, or why it failed."""


@dataclass(frozen=True)
class _Look:
    """What one source's look gave; `notes` say how it came about, `used` what it cost."""

    name: str
    found: Found
    notes: tuple[str, ...] = ()
    used: tuple[Usage, ...] = ()


def review_branch(ports: Ports, held: Held) -> None:
    """Ask every source of the project about the branch that `held` is about; keep what they say."""
    if await_solves(ports, held):
        return
    case, sources, refusal = _read(ports, held)
    looks: list[_Look] = []
    for name, source in sources.items():
        if held.lost.is_set():
            return
        looks.append(_look(name, source, case, refusal))
    with transaction(ports.engine) as session:
        # Apart from the proposals: what a cancelled look cost was spent all the same.
        for tokens in (each for look in looks for each in look.used):
            add_usage(session, get(session, Branch, held.branch_id or 0), "intervener", tokens)
    try:
        with transaction(ports.engine) as session:
            _keep(session, held, looks)
    except Lost:
        return


def _read(ports: Ports, held: Held) -> tuple[Case, dict[str, Intervener | str], str | None]:
    with reading(ports.engine) as session:
        branch = get(session, Branch, held.branch_id or 0)
        project = get(session, Project, held.project_id)
        sources, refusal = interveners_of(session, project), cap_refusal(session, project)
        case = case_of(session, branch).model_copy(update={"count": counter_of(project)})
        return case, sources, refusal


def _look(name: str, source: Intervener | str, case: Case, refusal: str | None) -> _Look:
    """One source's look, or why there was none."""
    if isinstance(source, str):
        return _Look(name, source)
    notes: list[str] = []
    used: list[Usage] = []
    try:
        if refusal and name not in ("rules", "recorded"):
            raise Refused(refusal)
        found: Found = source.review(case, used.append, notes.append)
    except CalmError as error:
        found = str(error)
    return _Look(source.name, found, tuple(dict.fromkeys(notes)), tuple(used))


def _keep(session: Session, held: Held, looks: Iterable[_Look]) -> None:
    branch = get(session, Branch, held.branch_id or 0)
    failures = [look.found for look in looks if isinstance(look.found, str)]
    let_go(session, held, "failed" if failures else "done", "; ".join(failures))
    session.add_all(_row(branch, look) for look in looks)
    found = [each for look in looks if isinstance(look.found, tuple) for each in look.found]
    keep_proposals(session, branch, found, get(session, Project, held.project_id))
    record_on_trace(session, WORKER, "review", f"branch:{branch.id}", branch.trace)
    go_on_by_policy(session, branch)


def _row(branch: Branch, look: _Look) -> Review:
    return Review(
        branch_id=branch.id,
        source={"name": look.name, "notes": list(look.notes)},
        proposed=len(look.found) if isinstance(look.found, tuple) else 0,
        reasons=look.found.reasons if isinstance(look.found, Flawless) else "",
        failure=look.found if isinstance(look.found, str) else "",
    )
