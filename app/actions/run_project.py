"""Having the Reasoner write whatever of a project is not written yet.

Promises: asking twice starts nothing twice. What was written, or is being written, stays; what an
earlier run left stopped or failed goes on from its last finished step; what somebody else took up
meanwhile is left to them. Starting can be cut off at any moment.
"""

from collections import Counter
from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.actions.batches import fill_batch, open_batch
from app.actions.cancel import retry_branch
from app.actions.ports import Ports
from app.actions.record import get
from app.actions.spending import cap_refusal
from app.actions.start_trace import start_trace
from app.core.errors import Refused
from app.core.language import N_
from app.core.model import Frozen
from app.core.roles import Actor
from app.core.trace import FAILURES, Outcome
from app.db.session import transaction
from app.db.tables import Batch, Branch, Job, ProblemRow, Project, Trace

_IN_VAIN: frozenset[Outcome] = frozenset({"no_recording"})
"""Failures that another try can't mend."""


class Run(Frozen):
    """What a run starts: branches to go on with, and a problem's id for each trace it lacks."""

    batch_id: int
    left: tuple[int, ...]
    missing: tuple[int, ...]


class Tally(Frozen):
    """How the branches of a batch ended; `right` of those `written` agree with their reference."""

    written: int = 0
    right: int = 0
    failures: Mapping[Outcome, int] = {}


def open_run(ports: Ports, actor: Actor, project_id: int, times: int) -> Run | None:
    """A batch for what is missing to `times` traces of each problem; None for nothing. For leads.

    Problems are those of the project as it is now. Raises Refused once the spending cap is reached:
    each branch would only fail by it again.
    """
    actor.require("lead", N_("run the project"))
    with transaction(ports.engine) as session:
        left = _left_over(session, actor, project_id)
        missing = _missing(session, project_id, times)
        if not left and not missing:
            return None
        if refusal := cap_refusal(session, get(session, Project, project_id)):
            raise Refused(refusal)
        sizes = {"goes_on": len(left), "n": len(missing)}
        batch = open_batch(session, actor, project_id, "generate", **sizes)
    return Run(batch_id=batch.id, left=left, missing=missing)


def fill_run(ports: Ports, actor: Actor, run: Run) -> None:
    """Start what a run is for."""
    batch = run.batch_id
    fill_batch(ports, batch, run.left, lambda s, branch: retry_branch(s, actor, branch, batch))
    fill_batch(ports, batch, run.missing, lambda s, each: start_trace(s, actor, each, batch))


def tally_of(session: Session, batch_id: int) -> Tally:
    """How the branches of a batch ended."""
    ended = (
        select(Branch.outcome, Branch.grade["correct"].as_boolean())
        .join(Job, Job.branch_id == Branch.id)
        .where(Job.batch_id == batch_id, Branch.outcome.is_not(None))
    )
    rows = session.execute(ended).all()
    written = [right for outcome, right in rows if outcome not in FAILURES]
    failures = Counter(outcome for outcome, _ in rows if outcome in FAILURES)
    return Tally(written=len(written), right=sum(map(bool, written)), failures=failures)


def _left_over(session: Session, actor: Actor, project_id: int) -> tuple[int, ...]:
    """The branches that earlier runs of this actor left stopped or failed, and nobody since."""
    runs = select(Batch.id).where(
        Batch.project_id == project_id, Batch.actor_name == actor.name, Batch.kind == "generate"
    )
    left = (
        select(Branch.id)
        .join(Job, Job.branch_id == Branch.id)
        .join(Trace, Trace.id == Branch.trace_id)
        .where(
            Job.batch_id.in_(runs),
            Trace.state == "failed",
            Branch.outcome.in_(FAILURES - _IN_VAIN),
            Branch.set_aside.is_(False),
        )
    )
    return tuple(session.scalars(left.order_by(Branch.id)))


def _missing(session: Session, project_id: int, times: int) -> tuple[int, ...]:
    """A problem's id for each trace that it lacks."""
    made = (
        select(func.count())
        .where(Trace.problem_id == ProblemRow.id, Trace.origin == "generated")
        .scalar_subquery()
    )
    problems = select(ProblemRow.id, made).where(ProblemRow.project_id == project_id)
    rows = session.execute(problems.order_by(ProblemRow.id))
    return tuple(problem for problem, many in rows for _ in range(times - many))
