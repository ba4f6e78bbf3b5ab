"""Recording a reference answer, or confirming it: with a reason, with history, and regrading.

Promises: a new reference grades every closed branch anew; a golden verdict that it contradicts is
withdrawn as *reference changed*, and its trace returns to the queue. Either answers every open
doubt about the problem.
"""

from collections.abc import Mapping

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.actions.close_branch import regrade
from app.actions.facts import refresh_state
from app.actions.record import from_to, get, lock_trace, record, record_on_trace
from app.actions.undo import withdraw
from app.core.answer import parse_reference
from app.core.errors import Invalid
from app.core.language import N_, _
from app.core.roles import Actor
from app.db.queries.problems import is_open
from app.db.tables import Branch, Doubt, ProblemRow, ReferenceChange, Trace, Verdict
from app.live import announce, trace_channel


def record_reference(
    session: Session, actor: Actor, problem_id: int, raw: str, reason: str
) -> None:
    """Set a problem's reference; golden traces that it touches return to the queue.

    For annotators. Raises Invalid where `raw` can't be read or the reason is missing.
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
    found = reference.model_dump(mode="json")
    before = problem.reference
    change = set_reference(session, problem, found, actor.name, reason.strip())
    _answer_doubts(session, change)
    record_change(session, actor, "record_reference", problem, before, change)
    regrade_traces(session, actor, problem)


def confirm_reference(session: Session, actor: Actor, problem_id: int, reason: str) -> None:
    """Say, with a reason, that a reference was looked at and is right. For annotators."""
    actor.require("annotator", N_("confirm a reference"))
    problem = get(session, ProblemRow, problem_id)
    if problem.reference["kind"] == "unknown":
        raise Invalid(_("The reference is unknown: record one instead."))
    if not reason.strip():
        raise Invalid(_("Say in a few words how you know that it is right."))
    change = set_reference(session, problem, problem.reference, actor.name, reason.strip())
    change.confirms = True
    _answer_doubts(session, change)
    record_change(session, actor, "confirm_reference", problem, problem.reference, change)


def set_reference(
    session: Session, problem: ProblemRow, reference: dict[str, object], by: str, reason: str
) -> ReferenceChange:
    """The newest reference, with its line in the history."""
    problem.reference = reference
    change = ReferenceChange(
        problem_id=problem.id, reference=reference, reason=reason, actor_name=by
    )
    session.add(change)
    return change


def regrade_traces(session: Session, actor: Actor, problem: ProblemRow) -> None:
    """Grade every closed branch of a problem anew; golden traces that are wrong now return."""
    of_problem = select(Trace).where(Trace.problem_id == problem.id).order_by(Trace.id)
    for trace in session.scalars(of_problem).all():
        _grade_again(session, actor, trace)


def _grade_again(session: Session, actor: Actor, trace: Trace) -> None:
    lock_trace(session, trace.id)
    before = {"state": trace.state}
    closed = select(Branch).where(Branch.trace_id == trace.id, Branch.outcome.is_not(None))
    for branch in session.scalars(closed).all():
        regrade(branch)
    for verdict in session.scalars(_golden_on(trace)).all():
        if not _is_right(session, verdict.branch_id):
            withdraw(session, verdict, "reference", "reference changed")
    refresh_state(session, trace)
    told = from_to(before, {"state": trace.state})
    record_on_trace(session, actor, "regrade", f"trace:{trace.id}", trace, **told)
    announce(session, trace_channel(trace.id), "problem")


def _golden_on(trace: Trace) -> Select[Verdict]:
    """The golden verdicts that stand on a trace; under overlap there can be several."""
    golden = (Verdict.trace_id == trace.id, Verdict.decision == "golden")
    return select(Verdict).where(*golden, Verdict.withdrawn_at.is_(None))


def _is_right(session: Session, branch_id: int) -> bool:
    grade = get(session, Branch, branch_id).grade
    return grade is not None and grade["correct"] is True


def _answer_doubts(session: Session, change: ReferenceChange) -> None:
    session.flush()
    for doubt in session.scalars(
        select(Doubt).filter_by(problem_id=change.problem_id).where(is_open())
    ):
        doubt.answered_by = change.id


def record_change(
    session: Session,
    actor: Actor,
    verb: str,
    problem: ProblemRow,
    before: Mapping[str, object],
    change: ReferenceChange,
) -> None:
    """Append to the history from what reference to what, and why."""
    told = from_to({"reference": before}, {"reference": change.reference})
    place = {"project_id": problem.project_id}
    record(session, actor, verb, f"problem:{problem.id}", **place, **told, reason=change.reason)
