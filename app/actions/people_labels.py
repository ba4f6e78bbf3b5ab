"""Labelled traces out of what people decided in a project.

Promises: only decisions that stand and that a person made count; a policy's or a script's do not. A
hint that a person accepted, as it was or edited, labels the branch that it was proposed on with the
flaw, where its evidence is. A branch that a person called golden, and whose answer is right, is
flawless. A branch that is both is neither.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.facts import grade_of
from app.actions.record import get
from app.core.labelled import Label, Labelled, label_at
from app.core.proposal import Proposal
from app.core.trace import Step, text_of
from app.db.convert import path_of, problem_of
from app.db.queries.gold import measured
from app.db.tables import Branch, Judgement, Project, ProposalRow, Trace, Verdict

Decided = TypeVar("Decided", Judgement, Verdict)


def labelled_by_people(session: Session, project: Project) -> Iterator[Labelled]:
    """The labelled traces of a project, in the order of its branches."""
    proposals: defaultdict[int, list[Proposal]] = defaultdict(list)
    for judgement in by_people(_accepted(session, project.id)):
        row = get(session, ProposalRow, judgement.proposal_id)
        proposals[row.branch_id].append(Proposal.model_validate(row.proposal))
    golden = {verdict.branch_id for verdict in by_people(golden_verdicts(session, project.id))}
    for branch_id in sorted(proposals.keys() ^ golden):
        branch = get(session, Branch, branch_id)
        labels = _labels(path_of(branch), proposals.get(branch_id, ()))
        if labels or (branch_id in golden and grade_of(branch).correct):
            yield _labelled(project, branch, labels)


def by_people(decisions: Iterable[Decided]) -> Iterator[Decided]:
    """Those that a person made."""
    return (decision for decision in decisions if decision.actor["kind"] == "person")


def golden_verdicts(session: Session, project_id: int) -> Sequence[Verdict]:
    """The golden verdicts of a project that stand."""
    query = select(Verdict).join(Trace, Trace.id == Verdict.trace_id)
    stands = query.where(Verdict.decision == "golden", Verdict.withdrawn_at.is_(None))
    stands = stands.where(Verdict.gold_id.is_(None))
    return session.scalars(stands.where(Trace.project_id == project_id)).all()


def _accepted(session: Session, project_id: int) -> Sequence[Judgement]:
    query = select(Judgement).join(Trace, Trace.id == Judgement.trace_id)
    stands = query.where(Judgement.decision != "reject", Judgement.undone_at.is_(None))
    stands = stands.where(~measured(Judgement))
    return session.scalars(stands.where(Trace.project_id == project_id)).all()


def _labels(path: Sequence[Step], proposals: Iterable[Proposal]) -> tuple[Label, ...]:
    """A label for the first evidence of each proposal, in the order of the path."""
    seen = [(each.evidence[0], each.flaw) for each in proposals if each.evidence]
    seen.sort(key=lambda pair: (pair[0].step, pair[0].start))
    labels = (label_at(path, evidence, flaw) for evidence, flaw in seen)
    return tuple(dict.fromkeys(label for label in labels if label))


def _labelled(project: Project, branch: Branch, labels: tuple[Label, ...]) -> Labelled:
    problem = problem_of(branch.trace.problem)
    return Labelled(
        id=f"{project.slug}-trace-{branch.trace_id}-branch-{branch.id}",
        question=problem.question,
        answer=problem.reference.text,
        text=text_of(path_of(branch)),
        labels=labels,
    )
