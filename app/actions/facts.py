"""What is true of a branch and a trace right now: for pages and verbs alike.

Promises: a button that is disabled and the verb that refuses say the same sentence, because both
ask here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from app.actions.projects import limits_of
from app.actions.record import get
from app.actions.standing import keep_standing
from app.core.answer import Answer, Grade, find_answer, grade, parse_answer
from app.core.budget import Budget, measure
from app.core.errors import Refused
from app.core.language import N_, _
from app.core.lifecycle import STATE_AFTER, TraceState, VerdictDecision, golden_refusal
from app.core.proposal import Proposal
from app.core.trace import FAILURES, Cut, Step, text_of
from app.db.convert import cut_of, path_of, problem_of
from app.db.tables import Branch, Job, Judgement, Project, ProposalRow, Trace, Verdict

ACTIVE = ("queued", "running")
_NOBODY = 0
"""No account has this id."""
TRIAL_REFUSAL = N_("This is a trial of a hint, to be read only; decide where the work goes on.")


@dataclass(frozen=True)
class BranchFacts:
    """A branch as it stands: `golden_refusal` is None where it can be called golden."""

    grade: Grade
    budget: Budget
    open_proposals: list[ProposalRow]
    golden_refusal: str | None
    verdict: Verdict | None
    job: Job | None


def lineage_branch(session: Session, branch_id: int) -> Branch:
    """The branch of this id, to decide something on. Raises Refused for a trial."""
    branch = get(session, Branch, branch_id)
    if branch.trial:
        raise Refused(TRIAL_REFUSAL)
    return branch


def branch_facts(
    session: Session,
    branch: Branch,
    path: Sequence[Step] | None = None,
    owner: int | None = None,
) -> BranchFacts:
    """Everything that a page or a verdict needs to know of a branch; `path` where it is at hand.

    Under overlap as its `owner` finds it (`app.actions.slots`).
    """
    path = path_of(branch) if path is None else path
    project = get(session, Project, branch.trace.project_id)
    graded, limits = grade_of(branch, path), limits_of(project)
    budget = measure(path, limits.max_hints)
    proposals = open_proposals(session, branch, owner)
    refusal = golden_refusal(
        closed=branch.outcome is not None,
        outcome=branch.outcome,
        grade=graded,
        open_proposals=len(proposals),
        budget=budget,
        share_blocks=limits.share_blocks,
    )
    return BranchFacts(
        grade=graded,
        budget=budget,
        open_proposals=proposals,
        golden_refusal=refusal or _standing_refusal(session, branch, owner),
        verdict=active_verdict(session, branch.trace_id, owner),
        job=active_job(session, branch.id),
    )


def answer_of(branch: Branch, path: Sequence[Step] | None = None) -> Answer | None:
    """The branch's answer: the box of its path, else the one that an imported log gave."""
    return find_answer(text_of(path_of(branch) if path is None else path)) or (
        parse_answer(branch.answer) if branch.answer else None
    )


def grade_of(branch: Branch, path: Sequence[Step] | None = None) -> Grade:
    """The strict grade of a branch against its problem's newest reference."""
    problem = problem_of(branch.trace.problem)
    return grade(answer_of(branch, path), problem.reference, problem.tolerance)


def open_proposals(session: Session, branch: Branch, owner: int | None = None) -> list[ProposalRow]:
    """Proposals that wait for a judgement and whose words still stand in the path of `branch`.

    Under overlap each person judges those of everybody's branches for themselves: `owner` does, or
    whose the branch is; None asks whether anybody judged them.
    """
    reach, judge = dict(lineage(branch)), branch.owner_id or owner
    judged = exists().where(Judgement.proposal_id == ProposalRow.id, Judgement.undone_at.is_(None))
    if judge is not None:
        judged = judged.where(Judgement.user_id == judge)
    rows = session.scalars(
        select(ProposalRow)
        .where(ProposalRow.branch_id.in_(reach), ProposalRow.state == "open", ~judged)
        .order_by(ProposalRow.id)
    )
    return [row for row in rows if _applies(row, reach[row.branch_id])]


def lineage(branch: Branch) -> Iterator[tuple[int, Cut | None]]:
    """The branch and its ancestors, each with the cut up to which its path is shared."""
    shared: Cut | None = None
    at: Branch | None = branch
    while at is not None:
        yield at.id, shared
        cut = cut_of(at)
        if cut and (shared is None or _order(cut) < _order(shared)):
            shared = cut
        at = at.parent


def active_verdict(session: Session, trace_id: int, owner: int | None = None) -> Verdict | None:
    """The newest verdict that stands on a trace: a final one, or under overlap `owner`'s own."""
    counts = Verdict.final.is_(True) | (Verdict.user_id == owner)
    return session.scalars(
        select(Verdict)
        .where(Verdict.trace_id == trace_id, Verdict.withdrawn_at.is_(None), counts)
        .order_by(Verdict.id.desc())
    ).first()


def own_verdicts(session: Session, trace_id: int) -> Sequence[Verdict]:
    """The verdicts that stand on a trace and are one person's each, under overlap."""
    own = (Verdict.trace_id == trace_id, Verdict.final.is_(False), Verdict.gold_id.is_(None))
    return session.scalars(
        select(Verdict).where(*own, Verdict.withdrawn_at.is_(None)).order_by(Verdict.id)
    ).all()


def active_job(session: Session, branch_id: int) -> Job | None:
    """The job that is writing, executing or reviewing a branch, if one is."""
    return session.scalars(
        select(Job).where(Job.branch_id == branch_id, Job.state.in_(ACTIVE)).order_by(Job.id)
    ).first()


def current_branch(session: Session, trace_id: int, owner: int | None = None) -> Branch:
    """The newest branch that was not set aside: where a person goes on.

    It is everybody's, or under overlap `owner`'s.
    """
    ours = select(Branch).where(Branch.trace_id == trace_id, Branch.number.is_not(None))
    ours = ours.where(or_(Branch.owner_id.is_(None), Branch.owner_id == owner))
    newest = ours.order_by(Branch.number.desc())
    kept = session.scalars(newest.where(Branch.set_aside.is_(False))).first()
    return kept or session.scalars(newest).one()


def refresh_state(session: Session, trace: Trace) -> None:
    """Bring the queue's summary of a trace up to date.

    The trace is locked and all is asked anew, for a worker may have changed what was read before.
    """
    session.flush()
    session.refresh(trace, ["state"], with_for_update=True)
    trace.state = _state(session, trace)
    branch = current_branch(session, trace.id)
    # Under overlap the queue's order tells nobody that another judged a hint.
    apart = trace.overlap > 1 or trace.gold_id is not None
    judge = _NOBODY if apart else None
    keep_standing(session, trace, branch, open_proposals(session, branch, judge))


def _state(session: Session, trace: Trace) -> TraceState:
    decision = settled(session, trace)
    if decision:
        return STATE_AFTER[decision]
    ours = (Branch.trace_id == trace.id, Branch.number.is_not(None), Branch.owner_id.is_(None))
    outcomes = select(Branch.outcome).where(*ours)
    outcome = session.scalars(outcomes.order_by(Branch.set_aside, Branch.number.desc())).first()
    if outcome is None:
        return "waiting"
    return "failed" if outcome in FAILURES else "review"


def settled(session: Session, trace: Trace) -> VerdictDecision | None:
    """What was decided of a trace: by a final verdict, or by all who judge it, and alike.

    Nothing, while it is a gold standard: it is like one that waits.
    """
    if trace.gold_id is not None:
        return None
    if verdict := active_verdict(session, trace.id):
        return verdict.decision
    own = own_verdicts(session, trace.id) if trace.overlap > 1 else ()
    decisions = {verdict.decision for verdict in own}
    return decisions.pop() if len(own) >= trace.overlap and len(decisions) == 1 else None


def _standing_refusal(session: Session, branch: Branch, owner: int | None) -> str | None:
    if branch.set_aside:
        return _("This branch was set aside.")
    verdict = active_verdict(session, branch.trace_id, owner)
    if verdict:
        return _("The trace has a verdict; reopen it first.")
    job = active_job(session, branch.id)
    # One that waits for a model's server may wait long: nobody else has to.
    looked_at = job is not None and job.kind == "review" and job.not_before is None
    return _("Its hints are still being looked for.") if looked_at else None


def _applies(row: ProposalRow, shared: Cut | None) -> bool:
    """Whether a proposal's words and place lie in the part of its branch that is shared."""
    if shared is None:
        return True
    proposal = Proposal.model_validate(row.proposal)
    ends = [(evidence.step, evidence.end) for evidence in proposal.evidence]
    return _order(proposal.cut) < _order(shared) and all(end <= _order(shared) for end in ends)


def _order(cut: Cut) -> tuple[int, int]:
    return cut.step, cut.offset
