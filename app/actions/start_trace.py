"""Starting a trace: one native branch, empty, and the job that lets the Reasoner write it."""

import secrets

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.actions.record import get, lock_trace, record
from app.actions.slots import add_slots
from app.actions.work import put
from app.backends.reasoners.abilities import recorded
from app.core.budget import reasoner_tokens
from app.core.language import N_
from app.core.roles import Actor
from app.core.stage import stage_of
from app.db.convert import located_path
from app.db.tables import Branch, Job, ProblemRow, Project, Trace


def start_trace(
    session: Session,
    actor: Actor,
    problem_id: int,
    batch_id: int | None = None,
    seed: int | None = None,
) -> Trace:
    """A new trace of a problem; a worker writes it after the commit. For annotators.

    Nobody is told of it: no page can be open on it yet.
    """
    actor.require("annotator", N_("start a trace"))
    problem = get(session, ProblemRow, problem_id)
    trace = Trace(project_id=problem.project_id, problem=problem, origin="generated")
    session.add(trace)
    session.flush()
    add_slots(session, trace)
    branch = new_branch(session, trace, seed=secrets.randbits(31) if seed is None else seed)
    queue_growth(session, branch, batch_id)
    place = {"project_id": trace.project_id, "trace_id": trace.id}
    record(session, actor, "start_trace", f"trace:{trace.id}", **place)
    return trace


def new_branch(
    session: Session, trace: Trace, *, seed: int, trial: bool = False, **place: object
) -> Branch:
    """An empty branch that grows; it records what the project's Reasoner is set to."""
    project = get(session, Project, trace.project_id)
    number = None if trial else next_number(session, trace.id)
    place |= {"number": number, "settings": {"reasoner": recorded(project.reasoner)}}
    place |= {"stage": stage_of(project.reasoner)}
    branch = Branch(trace=trace, seed=seed, **place)
    session.add(branch)
    session.flush()
    branch.kept_tokens = _kept_tokens(session, branch)
    return branch


def next_number(session: Session, trace_id: int) -> int:
    """The number of the next branch in a trace's lineage; two can't get the same."""
    lock_trace(session, trace_id)
    newest = session.scalar(select(func.max(Branch.number)).where(Branch.trace_id == trace_id))
    return (newest or 0) + 1


def _kept_tokens(session: Session, branch: Branch) -> int:
    """The Reasoner's tokens before the cut, but for those that came from a file."""
    written = [
        step
        for step, row in located_path(branch)
        if get(session, Branch, row.branch_id).outcome != "imported"
    ]
    return reasoner_tokens(written)


def queue_growth(session: Session, branch: Branch, batch_id: int | None = None) -> Job:
    """The job that lets a branch grow until it is closed."""
    place = {"project_id": branch.trace.project_id, "branch_id": branch.id, "batch_id": batch_id}
    return put(session, Job(**place, kind="grow", queue="model"))
