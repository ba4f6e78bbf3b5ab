"""What became of a project's hints: what people made of them, and where they led.

Promise: only decisions that stand count, and a person's apart from a policy's or a script's.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.people_labels import by_people, golden_verdicts
from app.actions.record import get
from app.core.model import Frozen
from app.core.proposal import Source, SourceKind
from app.core.trace import FAILURES
from app.db.convert import located_path
from app.db.tables import Branch, Judgement, ProposalRow, Trace

_DECIDED = {"accept": "accepted", "edit": "edited", "reject": "rejected"}
_GONE = ("withdrawn", "merged")


class HintShare(Frozen):
    """The hints of one source for one flaw: `n` that were proposed, and how many of them people
    accepted, edited or rejected, a policy or script decided on, or nobody yet.

    Of the accepted and edited: `went_on` led to a branch that the Reasoner wrote to its end,
    `right` to one whose answer is right, and `golden` stand in a path that a person called golden.
    People's own hints are together, without their names.
    """

    flaw: str
    kind: SourceKind
    name: str
    version: str
    n: int
    accepted: int
    edited: int
    rejected: int
    by_others: int
    open: int
    went_on: int
    right: int
    golden: int


def hint_shares(session: Session, project_id: int) -> tuple[HintShare, ...]:
    """The shares of every flaw and source, by their names.

    Withdrawn hints are left out, and those whose place another took.
    """
    golden = _in_golden(session, project_id)
    judged = {judgement.proposal_id: judgement for judgement in _standing(session, project_id)}
    counts: defaultdict[tuple[str, Source], Counter[str]] = defaultdict(Counter)
    for row in _proposals(session, project_id):
        source = Source.model_validate(row.proposal["source"])
        source = source.model_copy(update={"name": ""}) if source.kind == "person" else source
        became = _became(session, judged.get(row.id), row.id in golden)
        counts[row.flaw, source].update(["n", *became])
    names = list(HintShare.model_fields)[4:]
    shares = (
        HintShare(flaw=flaw, **source.model_dump(), **{name: count[name] for name in names})
        for (flaw, source), count in counts.items()
    )
    return tuple(sorted(shares, key=lambda one: (one.flaw, one.kind, one.name, one.version)))


def _became(session: Session, judgement: Judgement | None, golden: bool) -> Iterator[str]:
    """The counts that a hint adds to."""
    if judgement is None:
        yield "open"
        return
    if judgement.actor["kind"] != "person":
        yield "by_others"
        return
    yield _DECIDED[judgement.decision]
    branch = get(session, Branch, judgement.branch_id) if judgement.branch_id else None
    if branch is None:
        return
    if branch.outcome is not None and branch.outcome not in FAILURES:
        yield "went_on"
        if (branch.grade or {}).get("correct"):
            yield "right"
    if golden:
        yield "golden"


def _proposals(session: Session, project_id: int) -> Iterator[ProposalRow]:
    query = select(ProposalRow).join(Trace, Trace.id == ProposalRow.trace_id)
    kept = query.where(Trace.project_id == project_id, ProposalRow.state.not_in(_GONE))
    yield from session.scalars(kept.order_by(ProposalRow.id))


def _standing(session: Session, project_id: int) -> Iterator[Judgement]:
    query = select(Judgement).join(Trace, Trace.id == Judgement.trace_id)
    stands = query.where(Trace.project_id == project_id, Judgement.undone_at.is_(None))
    yield from session.scalars(stands.order_by(Judgement.id))


def _in_golden(session: Session, project_id: int) -> set[int]:
    """The proposals whose hints stand in a path that a person called golden."""
    branches = {verdict.branch_id for verdict in by_people(golden_verdicts(session, project_id))}
    paths = (located_path(get(session, Branch, branch_id)) for branch_id in branches)
    return {row.proposal_id for path in paths for _, row in path if row.proposal_id is not None}
