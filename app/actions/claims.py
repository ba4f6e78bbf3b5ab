"""Claims: a person's timed hold on a trace, so that no two work on one by accident.

Promises: next and claim are one conditional UPDATE: two people asking at once never get the same
slot, and nobody gets two of one trace; to whom a trace goes (`app.db.queries.assigning`) is asked
by the same statement. A claim that ran out is free again, but stays its person's
until somebody takes it; a slot that is done with is never given again. Whatever changes a claim
locks its trace before, as every decision does: who hands out and who decides can be in no deadlock.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, case, delete, exists, or_, select, true, update
from sqlalchemy.orm import Session, aliased

from app.actions.facts import ACTIVE
from app.actions.gold_turns import gold_turn, take_gold
from app.actions.record import from_to, get, lock_trace, record_on_trace
from app.actions.rules import spent_rules
from app.actions.slots import held_until, hold_gold, is_measured
from app.core.errors import Conflict, Refused
from app.core.language import N_, _
from app.core.roles import Actor
from app.db.queries.assigning import For, directs, meant_for, open_to, others_first
from app.db.queries.queue import ORDERS
from app.db.session import rows_changed
from app.db.tables import Branch, Claim, Job, PutOff, Trace, User
from app.db.types import now


def claim_next(session: Session, actor: Actor, project_id: int) -> int | None:
    """Claim the next trace in the queue and give its id; None where nothing is left.

    What one holds already comes first, then the first in one's own order of the queue; what one
    put off comes last. For annotators.
    """
    actor.require("annotator", "annotate")
    _one_by_one(session, actor)
    mine, *others = _next_free(session, actor, project_id)
    trace_id = _take(session, actor, mine)
    if trace_id is None and gold_turn(session, actor, project_id):
        trace_id = _gold(session, actor, project_id, others)
    if trace_id is None:
        trace_id = next(filter(None, (_take(session, actor, each) for each in others)), None)
    if trace_id is not None:
        _record(session, actor, "claim", trace_id)
    return trace_id


def claim_trace(session: Session, actor: Actor, trace_id: int) -> None:
    """Claim one trace. For annotators.

    Raises Conflict where somebody else holds it, Refused where it goes to others.
    """
    actor.require("annotator", "annotate")
    _one_by_one(session, actor)
    lock_trace(session, trace_id)
    trace = get(session, Trace, trace_id)
    if trace.gold_id is not None and is_measured(actor):
        hold_gold(session, actor, trace)
        _record(session, actor, "claim", trace_id)
        return
    slots = select(Claim.id).join(Trace, Trace.id == Claim.trace_id).where(_free(actor))
    slots = slots.where(Claim.trace_id == trace_id).order_by(Claim.user_id != actor.id, Claim.slot)
    person = _person(session, actor, trace.project_id)
    if not _take(session, actor, slots.where(_open(person)) if person else slots):
        if session.scalar(slots.limit(1)):
            raise Refused(_("This trace goes to others, or you have reached your limit."))
        raise Conflict(_("Somebody else is working on this trace."))
    _record(session, actor, "claim", trace_id)


def seconds_held(session: Session, actor: Actor, trace_id: int, *, keep: bool = False) -> int:
    """For how many seconds more one holds a trace; 0 where one doesn't.

    With `keep`, the heartbeat of a page that somebody works on, it is held as from now; a claim
    that ran out is one's own until somebody else takes it. That is no event.
    """
    mine = (Claim.trace_id == trace_id, Claim.user_id == actor.id, Claim.done_at.is_(None))
    if keep:
        session.execute(update(Claim).where(*mine).values(until=held_until()))
    until = session.scalar(select(Claim.until).where(*mine))
    return max(0, round((until - now()).total_seconds())) if until else 0


def release_claim(session: Session, actor: Actor, trace_id: int) -> None:
    """Give one's claim back. For annotators."""
    actor.require("annotator", "annotate")
    lock_trace(session, trace_id)
    session.execute(
        update(Claim)
        .where(Claim.trace_id == trace_id, Claim.user_id == actor.id, Claim.done_at.is_(None))
        .values(user_id=None, until=None)
    )
    _record(session, actor, "release", trace_id)


def free_trace(session: Session, actor: Actor, trace_id: int) -> None:
    """Take a trace from whoever holds it. For leads. Raises Refused where nobody does."""
    actor.require("lead", N_("release other people's claims"))
    lock_trace(session, trace_id)
    held = (Claim.trace_id == trace_id, Claim.user_id.is_not(None), Claim.done_at.is_(None))
    holders = list(session.scalars(select(Claim.user_id).where(*held)))
    if not rows_changed(session, update(Claim).where(*held).values(user_id=None, until=None)):
        raise Refused(_("Nobody holds this trace."))
    told = from_to({"held_by": holders}, {"held_by": []})
    _record(session, actor, "release_others", trace_id, **told)


def put_off(session: Session, actor: Actor, trace_id: int) -> None:
    """Later: give the claim back and see this trace after all others."""
    release_claim(session, actor, trace_id)
    mine = (PutOff.user_id == actor.id, PutOff.trace_id == trace_id)
    session.execute(delete(PutOff).where(*mine))
    session.add(PutOff(user_id=actor.id, trace_id=trace_id))


def _open(person: For) -> ColumnElement[bool]:
    """Whether a trace may go to a person; what they hold is theirs."""
    return (Claim.user_id == person.user_id) | open_to(person)


def _person(session: Session, actor: Actor, project_id: int) -> For | None:
    """The actor as rules see them; None where nothing in the project is meant for anybody.

    A rule that is made at this moment holds from the next claim on.
    """
    if not session.scalar(select(directs(project_id))):
        return None
    return For(actor.id, spent_rules(session, project_id, actor.id))


def _gold(
    session: Session, actor: Actor, project_id: int, others: Sequence[Select[int]]
) -> int | None:
    """A gold standard, where another trace waits too: alone it would be known for what it is."""
    found = (session.scalar(each.with_only_columns(Claim.trace_id).limit(1)) for each in others)
    near = next(filter(None, found), None)
    if near is None:
        return None
    return take_gold(session, actor, project_id, near, _person(session, actor, project_id))


def _one_by_one(session: Session, actor: Actor) -> None:
    """Let one person's claims wait for each other: pressed twice, it is one."""
    # Rows that only name the person, as a verdict does, need not wait.
    session.execute(select(User.id).where(User.id == actor.id).with_for_update(key_share=True))


def _take(session: Session, actor: Actor, which: Select[int]) -> int | None:
    """Find a slot and take it, in one statement; its trace, None where there is none.

    Traces on which others do something at this moment are passed over, unless nothing else is
    left: then they are waited for.
    """
    taken = _taken(session, actor, which, skip_locked=True)
    while taken is None and session.scalar(which.limit(1)) is not None:
        taken = _taken(session, actor, which, skip_locked=False)
    return taken


def _taken(session: Session, actor: Actor, which: Select[int], *, skip_locked: bool) -> int | None:
    """None too where somebody was faster; then no lock is kept while another is waited for."""
    first = which.limit(1).with_for_update(of=Trace, key_share=True, skip_locked=skip_locked)
    take = update(Claim).where(Claim.id == first.scalar_subquery(), _free(actor))
    take = take.values(user_id=actor.id, until=held_until()).returning(Claim.trace_id)
    with session.begin_nested() as attempt:
        taken = session.scalar(take.execution_options(synchronize_session=False))
        if taken is None:
            attempt.rollback()
    return taken


def _record(session: Session, actor: Actor, verb: str, trace_id: int, **told: Any) -> None:
    trace = get(session, Trace, trace_id)
    record_on_trace(session, actor, verb, f"trace:{trace_id}", trace, **told)


def _free(actor: Actor) -> ColumnElement[bool]:
    """Whether the actor may take a slot: their own, or a free one of a trace that has none."""
    own = aliased(Claim)
    has_one = exists().where(own.trace_id == Claim.trace_id, own.user_id == actor.id)
    nobody = or_(Claim.user_id.is_(None), Claim.until < now()) & Claim.gold_id.is_(None)
    return Claim.done_at.is_(None) & or_(Claim.user_id == actor.id, nobody & ~has_one)


def claimed(session: Session, trace_id: int) -> bool:
    """Whether anybody holds the trace now, or gave a verdict of their own."""
    held = select(Claim.id).where(
        Claim.trace_id == trace_id,
        Claim.user_id.is_not(None),
        or_(Claim.until >= now(), Claim.done_at.is_not(None)),
    )
    return session.scalar(held.limit(1)) is not None


def _looked_at() -> ColumnElement[bool]:
    looks = select(Job.id).join(Branch, Branch.id == Job.branch_id)
    return looks.where(
        Branch.trace_id == Trace.id, Job.kind == "review", Job.state.in_(ACTIVE)
    ).exists()


def _next_free(session: Session, actor: Actor, project_id: int) -> Iterator[Select[int]]:
    """The slots to try, one search after another, each in the actor's order.

    What I hold, then what is meant for me, then what is ready, then what is still being looked at
    for flaws or is meant for others first; what I put off comes last.
    """
    user = session.get(User, actor.id) if actor.id else None
    order = ORDERS[user.queue_order if user else "oldest"]
    in_review = (Trace.project_id == project_id, Trace.state == "review")
    free = select(Claim.id).join(Trace, Trace.id == Claim.trace_id)
    free = free.where(*in_review, _free(actor))
    off = (PutOff.trace_id == Trace.id) & (PutOff.user_id == actor.id)
    mine, never = Claim.user_id == actor.id, ~exists().where(off)
    yield free.where(never & mine).order_by(*order)
    turns: tuple[ColumnElement[bool], ...] = (~_looked_at(), true())
    if person := _person(session, actor, project_id):
        free = free.where(_open(person))
        turns = meant_for(person), ~others_first(person) & ~_looked_at(), true()
    for turn in turns:
        yield free.where(never & turn).order_by(*order)
    yield free.join(PutOff, off).order_by(case((mine, 0), else_=1), _looked_at(), PutOff.at)
