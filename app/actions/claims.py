"""Claims: a person's timed hold on a trace, so that no two work on one by accident.

Promises: next and claim are one conditional UPDATE: two people asking at once never get the same
trace. A claim that ran out is free again.
"""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import ColumnElement, Select, case, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from app.actions.facts import ACTIVE
from app.actions.record import get, record_on_trace
from app.core.errors import Conflict, Refused
from app.core.language import N_, _
from app.core.roles import Actor
from app.db.queries.queue import ORDERS
from app.db.session import rows_changed
from app.db.tables import Branch, Claim, Job, PutOff, Trace, User
from app.db.types import now
from app.settings import settings

_TRIES = 20


def claim_next(session: Session, actor: Actor, project_id: int) -> int | None:
    """Claim the next trace in the queue and give its id; None where nothing is left.

    What one holds already comes first, then the first in one's own order of the queue; what one
    put off comes last. For annotators.
    """
    actor.require("annotator", "annotate")
    for _try in range(_TRIES):
        tried = map(session.execute, _next_free(session, actor, project_id))
        found = next((row for each in tried if (row := each.first())), None)
        if found is None:
            return None
        claim_id, trace_id = found
        if _take(session, actor, Claim.id == claim_id):
            _record(session, actor, "claim", trace_id)
            return trace_id
    raise Conflict(_("Many people are claiming at once; try again."))


def claim_trace(session: Session, actor: Actor, trace_id: int) -> None:
    """Claim one trace. Raises Conflict where somebody else holds it. For annotators."""
    actor.require("annotator", "annotate")
    if not _take(session, actor, Claim.trace_id == trace_id):
        raise Conflict(_("Somebody else is working on this trace."))
    _record(session, actor, "claim", trace_id)


def release_claim(session: Session, actor: Actor, trace_id: int) -> None:
    """Give one's claim back. For annotators."""
    actor.require("annotator", "annotate")
    session.execute(
        update(Claim)
        .where(Claim.trace_id == trace_id, Claim.user_id == actor.id)
        .values(user_id=None, until=None)
    )
    _record(session, actor, "release", trace_id)


def free_trace(session: Session, actor: Actor, trace_id: int) -> None:
    """Take a trace from whoever holds it. For leads. Raises Refused where nobody does."""
    actor.require("lead", N_("release other people's claims"))
    held = (Claim.trace_id == trace_id, Claim.user_id.is_not(None))
    if not rows_changed(session, update(Claim).where(*held).values(user_id=None, until=None)):
        raise Refused(_("Nobody holds this trace."))
    _record(session, actor, "release_others", trace_id)


def put_off(session: Session, actor: Actor, trace_id: int) -> None:
    """Later: give the claim back and see this trace after all others."""
    release_claim(session, actor, trace_id)
    mine = (PutOff.user_id == actor.id, PutOff.trace_id == trace_id)
    session.execute(delete(PutOff).where(*mine))
    session.add(PutOff(user_id=actor.id, trace_id=trace_id))


def _take(session: Session, actor: Actor, which: ColumnElement[bool]) -> bool:
    until = now() + timedelta(minutes=settings().claim_minutes)
    taken = rows_changed(
        session, update(Claim).where(which, _free(actor)).values(user_id=actor.id, until=until)
    )
    return bool(taken)


def _record(session: Session, actor: Actor, verb: str, trace_id: int) -> None:
    record_on_trace(session, actor, verb, f"trace:{trace_id}", get(session, Trace, trace_id))


def _free(actor: Actor) -> ColumnElement[bool]:
    return or_(Claim.user_id.is_(None), Claim.user_id == actor.id, Claim.until < now())


def claimed(session: Session, trace_id: int) -> bool:
    """Whether anybody holds the trace now."""
    held = select(Claim.id).where(
        Claim.trace_id == trace_id, Claim.user_id.is_not(None), Claim.until >= now()
    )
    return session.scalar(held) is not None


def _looked_at() -> ColumnElement[bool]:
    looks = select(Job.id).join(Branch, Branch.id == Job.branch_id)
    return looks.where(
        Branch.trace_id == Trace.id, Job.kind == "review", Job.state.in_(ACTIVE)
    ).exists()


def _next_free(session: Session, actor: Actor, project_id: int) -> Iterator[Select[int, int]]:
    """The claim and trace to try, one search after another, each in the actor's order.

    What I hold, then what is ready, then what is still being looked at for flaws; what I put off
    comes last.
    """
    person = session.get(User, actor.id) if actor.id else None
    order = ORDERS[person.queue_order if person else "oldest"]
    in_review = (Trace.project_id == project_id, Trace.state == "review")
    free = select(Claim.id, Claim.trace_id).join(Trace, Trace.id == Claim.trace_id)
    free = free.where(*in_review, _free(actor)).limit(1)
    off = (PutOff.trace_id == Trace.id) & (PutOff.user_id == actor.id)
    mine, never = Claim.user_id == actor.id, ~exists().where(off)
    for ready in (never & mine, never & ~_looked_at(), never):
        yield free.where(ready).order_by(*order)
    yield free.join(PutOff, off).order_by(case((mine, 0), else_=1), _looked_at(), PutOff.at)
