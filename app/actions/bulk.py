"""One deed on many traces: planned, shown, confirmed once, and then done by a worker.

Promises: nothing is done before it is confirmed, and a second confirmation does nothing; a hundred
traces are one transaction; each trace's change is the ordinary verb by the person who confirmed,
with its event, and can be undone where that can. What can't be done to a trace leaves it out, with
the reason, and goes on. A worker that is killed loses nothing: the next goes on where it was.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.actions.assign import check_assignee
from app.actions.batches import BatchKind, open_batch
from app.actions.facts import ACTIVE
from app.actions.record import from_to, get, record
from app.actions.work import put
from app.core.assignee import assignee_of
from app.core.bulk import NEEDS, WITH_REASON, BulkDeed, Target, left_out
from app.core.errors import Invalid, Refused
from app.core.language import N_, _, number
from app.core.model import Frozen
from app.core.roles import Actor
from app.db.queries.bulk import of_project, targets_of
from app.db.queries.queue_filters import MOST_COUNTED
from app.db.session import rows_changed
from app.db.tables import Bulk, Job

_BATCHES: dict[BulkDeed, BatchKind] = {"look": "propose", "sample": "generate"}
TWICE = N_("Another chosen trace is of the same problem.")


class Outlook(Frozen):
    """What a plan would do now: to how many, and how many are left out for which reason."""

    done: int
    left_out: tuple[tuple[str, int], ...]


def plan_bulk(
    session: Session, actor: Actor, project_id: int, deed: BulkDeed, ids: Sequence[int]
) -> Bulk:
    """Plan a deed on these traces of a project; it takes the place of the person's other plans.

    Raises NotAllowed for want of the role that the deed needs, Invalid where no trace of the
    project is named, or more than a plan holds.
    """
    if deed not in NEEDS:
        raise Invalid(_("This can't be done to many traces."))
    actor.require(NEEDS[deed], N_("do this to many traces"))
    chosen = of_project(session, project_id, ids)
    if not chosen:
        raise Invalid(_("Choose some traces first."))
    if len(chosen) > MOST_COUNTED:
        raise Invalid(
            _(
                "These are more than %(most)s traces: narrow the queue first.",
                most=number(MOST_COUNTED),
            )
        )
    session.execute(delete(Bulk).where(Bulk.user_id == actor.id, Bulk.job_id.is_(None)))
    bulk = Bulk(project_id=project_id, user_id=actor.id, deed=deed, trace_ids=chosen)
    session.add(bulk)
    session.flush()
    return bulk


def outlook(session: Session, bulk: Bulk) -> Outlook:
    """What would happen if the plan were confirmed now."""
    reasons = Counter(why for _target, why in judged(session, bulk, bulk.trace_ids))
    done = reasons.pop(None, 0)
    return Outlook(done=done, left_out=tuple((why, n) for why, n in reasons.most_common() if why))


def confirm_bulk(
    session: Session, actor: Actor, bulk_id: int, reason: str = "", assignee: str = ""
) -> Bulk:
    """Have a plan done by a worker after the commit; one that was confirmed already stays as it is.

    One whose worker failed goes on. Raises Refused for somebody else's, Invalid where a reason, or
    to whom traces are assigned, is missing.
    """
    bulk = get(session, Bulk, bulk_id)
    actor.require(NEEDS[bulk.deed], N_("do this to many traces"))
    if bulk.user_id != actor.id:
        raise Refused(_("Only who planned this can confirm it."))
    if bulk.deed in WITH_REASON and not (reason.strip() or bulk.reason):
        raise Invalid(_("Say in a few words why."))
    if bulk.deed == "assign" and not bulk.assignee:
        check_assignee(session, bulk.project_id, assignee_of(assignee))
    session.refresh(bulk, with_for_update=True)
    job = session.get(Job, bulk.job_id) if bulk.job_id else None
    if job is not None and job.state != "failed":
        return bulk
    bulk.reason = bulk.reason or reason.strip()
    if bulk.deed == "assign":
        bulk.assignee = bulk.assignee or assignee
    bulk.job_id = put(session, Job(project_id=bulk.project_id, kind="bulk", queue="model")).id
    if job is None:
        if kind := _BATCHES.get(bulk.deed):
            many = len(bulk.trace_ids)
            bulk.batch_id = open_batch(session, actor, bulk.project_id, kind, n=many).id
        told = {"reason": bulk.reason} | ({"to": bulk.assignee} if bulk.assignee else {})
        _tell(session, actor, "start_bulk", bulk, traces=len(bulk.trace_ids), **told)
    return bulk


def stop_bulk(session: Session, actor: Actor, bulk_id: int) -> None:
    """Do no more of it; what was done stays. For who planned it, and for leads."""
    bulk = get(session, Bulk, bulk_id)
    actor.require("annotator", N_("do this to many traces"))
    if not may_stop(bulk, actor):
        raise Refused(_("Only who planned this, or a lead, can stop it."))
    stopped = update(Job).where(Job.id == bulk.job_id, Job.state.in_(ACTIVE))
    if not rows_changed(session, stopped.values(state="cancelled", lease=None)):
        raise Refused(_("It is over already."))
    told = from_to({"state": "running"}, {"state": "stopped"})
    _tell(session, actor, "stop_bulk", bulk, **told, done=bulk.done)


def may_stop(bulk: Bulk, actor: Actor) -> bool:
    """Whether it is this person's to stop."""
    return bulk.user_id == actor.id or actor.may("lead")


def judged(session: Session, bulk: Bulk, ids: Sequence[int]) -> Iterator[tuple[Target, str | None]]:
    """Some traces of a plan as they stand, each with the reason that leaves it out, or None."""
    problems: set[int] = set()
    if bulk.deed == "sample" and bulk.looked_at:
        done = targets_of(session, bulk.trace_ids[: bulk.looked_at], bulk.user_id)
        problems = {target.problem_id for target in done}
    for target in targets_of(session, ids, bulk.user_id):
        twice = bulk.deed == "sample" and target.problem_id in problems
        problems.add(target.problem_id)
        yield target, TWICE if twice else left_out(bulk.deed, target)


def bulk_of(session: Session, job_id: int) -> Bulk:
    """The plan that a job is about, locked until this transaction ends."""
    return session.scalars(select(Bulk).where(Bulk.job_id == job_id).with_for_update()).one()


def _tell(session: Session, actor: Actor, verb: str, bulk: Bulk, **data: Any) -> None:
    subject = f"bulk:{bulk.id}"
    record(session, actor, verb, subject, project_id=bulk.project_id, deed=bulk.deed, **data)
