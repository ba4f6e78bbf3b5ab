"""Recording a reference answer: with a reason, with history, and with every branch graded anew."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.close_branch import regrade
from app.actions.facts import active_verdict, refresh_state
from app.actions.record import get, lock_trace, record, record_on_trace
from app.core.answer import parse_reference
from app.core.errors import Invalid
from app.core.language import N_, _
from app.core.roles import Actor
from app.db.tables import Branch, ProblemRow, ReferenceChange, Trace
from app.db.types import now
from app.live import announce, trace_channel


def record_reference(
    session: Session, actor: Actor, problem_id: int, raw: str, reason: str
) -> None:
    """Set a problem's reference; its golden traces return to the queue. For annotators.

    Raises Invalid where `raw` can't be read or the reason is missing.
    """
    actor.require("annotator", N_("record a reference"))
    problem = get(session, ProblemRow, problem_id)
    reference = parse_reference(raw)
    if reference.kind == "unknown":
        raise Invalid(_("Give a number, or one of: infeasible, unbounded, no-optimum."))
    if not reason.strip():
        raise Invalid(_("Say in a few words where this reference comes from."))
    if reference.model_dump(mode="json") == problem.reference:
        raise Invalid(_("This is the reference already."))
    set_reference(session, problem, reference.model_dump(mode="json"), actor.name, reason.strip())
    record(
        session,
        actor,
        "record_reference",
        f"problem:{problem_id}",
        project_id=problem.project_id,
        reference=problem.reference,
    )
    regrade_traces(session, actor, problem)


def set_reference(
    session: Session, problem: ProblemRow, reference: dict[str, object], by: str, reason: str
) -> None:
    """The newest reference, with its line in the history."""
    problem.reference = reference
    change = ReferenceChange(
        problem_id=problem.id, reference=reference, reason=reason, actor_name=by
    )
    session.add(change)


def regrade_traces(session: Session, actor: Actor, problem: ProblemRow) -> None:
    """Grade every closed branch of a problem anew; its golden traces return to the queue."""
    of_problem = select(Trace).where(Trace.problem_id == problem.id).order_by(Trace.id)
    for trace in session.scalars(of_problem).all():
        _grade_again(session, actor, trace)


def _grade_again(session: Session, actor: Actor, trace: Trace) -> None:
    lock_trace(session, trace.id)
    closed = select(Branch).where(Branch.trace_id == trace.id, Branch.outcome.is_not(None))
    for branch in session.scalars(closed).all():
        regrade(branch)
    verdict = active_verdict(session, trace.id)
    if verdict and verdict.decision == "golden":
        verdict.withdrawn_at, verdict.withdrawn_reason = now(), "reference changed"
    refresh_state(session, trace)
    record_on_trace(session, actor, "regrade", f"trace:{trace.id}", trace)
    announce(session, trace_channel(trace.id), "problem")
