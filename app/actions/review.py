"""Looking at a branch for flaws: the rules and the project's Intervener propose, people judge.

Promises: each source's look is recorded, also one that found nothing or failed; a source that fails
doesn't keep the others from proposing, and one whose server can't answer now is asked again later,
alone; the same proposal is stored once. Nobody looks before the models that the path's code solved
are examined.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.auto import go_on_by_policy
from app.actions.await_solves import await_solves
from app.actions.cases import case_of
from app.actions.facts import refresh_state
from app.actions.models import counter_of, interveners_of
from app.actions.ports import Ports
from app.actions.record import WORKER, get, record_on_trace
from app.actions.save_proposals import keep_proposals
from app.actions.spending import add_usage, cap_refusal
from app.actions.work import Held, Lost, let_go, put_off
from app.backends.interveners.base import Intervener
from app.backends.reasoners.base import Usage
from app.core.case import Case
from app.core.errors import CalmError, Invalid, ModelError, Refused
from app.core.proposal import Flawless, Proposal
from app.db.session import reading, transaction
from app.db.tables import Branch, Job, Project, Review

Found = tuple[Proposal, ...] | Flawless | CalmError
"""What one source gave: proposals, its word that there is no flaw, or why it failed."""


@dataclass(frozen=True)
class _Look:
    """What one source's look gave; `notes` say how it came about, `used` what it cost.

    `entry` is its name in the registry, `name` its own: a model's.
    """

    entry: str
    name: str
    found: Found
    notes: tuple[str, ...] = ()
    used: tuple[Usage, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether there was no look."""
        return isinstance(self.found, CalmError)

    @property
    def can_wait(self) -> bool:
        """Whether its server may answer later."""
        return isinstance(self.found, ModelError) and self.found.retryable


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
        for name in _answered(session, held):
            sources.pop(name, None)
        case = case_of(session, branch).model_copy(update={"count": counter_of(project)})
        return case, sources, refusal


def _answered(session: Session, held: Held) -> Iterator[str]:
    """The sources that answered in an earlier round of this job."""
    job = get(session, Job, held.job_id)
    rows = select(Review).where(Review.branch_id == job.branch_id, Review.at >= job.created_at)
    for row in session.scalars(rows):
        yield row.source.get("entry", "")


def _look(name: str, source: Intervener | str, case: Case, refusal: str | None) -> _Look:
    """One source's look, or why there was none."""
    if isinstance(source, str):
        return _Look(name, name, Invalid(source))
    notes: list[str] = []
    used: list[Usage] = []
    try:
        if refusal and name not in ("rules", "recorded"):
            raise Refused(refusal)
        found: Found = source.review(case, used.append, notes.append)
    except CalmError as error:
        found = error
    return _Look(name, source.name, found, tuple(dict.fromkeys(notes)), tuple(used))


def _keep(session: Session, held: Held, looks: Sequence[_Look]) -> None:
    branch = get(session, Branch, held.branch_id or 0)
    later = [look for look in looks if look.can_wait] if held.may_wait else []
    over = [look for look in looks if look not in later]
    _let_go(session, held, later, [str(look.found) for look in over if look.failed])
    session.add_all(_row(branch, look) for look in over)
    found = [each for look in over if isinstance(look.found, tuple) for each in look.found]
    keep_proposals(session, branch, found, get(session, Project, held.project_id))
    refresh_state(session, branch.trace)
    record_on_trace(session, WORKER, "review", f"branch:{branch.id}", branch.trace)
    if not later:
        go_on_by_policy(session, branch)


def _let_go(session: Session, held: Held, later: Sequence[_Look], failures: Sequence[str]) -> None:
    """End the job, or put it off for the sources whose servers can't answer now."""
    for look in later:
        assert isinstance(look.found, ModelError)
        put_off(session, held, "model", str(look.found), look.found.after, got_on=False)
        return
    let_go(session, held, "failed" if failures else "done", "; ".join(failures))


def _row(branch: Branch, look: _Look) -> Review:
    return Review(
        branch_id=branch.id,
        source={"entry": look.entry, "name": look.name, "notes": list(look.notes)},
        proposed=len(look.found) if isinstance(look.found, tuple) else 0,
        reasons=look.found.reasons if isinstance(look.found, Flawless) else "",
        failure=str(look.found) if look.failed else "",
    )
