"""Overlap: several people judge one trace, each for themselves.

Promises: a person goes on from the branches that are everybody's, and until they gave their verdict
they see nothing that another decided; what they do then is their own. Their verdicts settle the
trace where all are the same; where they differ, a reviewer who is none of them decides. Without
overlap there is one slot, and nobody needs to hold it.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.actions.projects import limits_of
from app.actions.record import lock_trace
from app.core.errors import NotFound, Refused
from app.core.language import _
from app.core.roles import Actor
from app.db.tables import Branch, Claim, Judgement, Project, Trace, Verdict
from app.db.types import now
from app.settings import settings

Mine = Literal["", "held", "done"]


@dataclass(frozen=True)
class Slots:
    """The slots of a trace as one person finds them: how many, how many nobody has or is done with.

    `mine` is the person's own, `user_id` theirs; `reviews` says that they are a reviewer. `gold` is
    the gold standard that the trace is: to who is measured by it, it is like any other trace.
    """

    total: int
    free: int
    done: int
    mine: Mine
    user_id: int | None
    reviews: bool
    gold: int | None = None

    @property
    def apart(self) -> bool:
        """Whether what people do on the trace is each one's own."""
        return self.overlap or self.gold is not None

    @property
    def overlap(self) -> bool:
        """Whether several people judge the trace."""
        return self.total > 1

    @property
    def settles(self) -> bool:
        """Whether the person decides between those who judged it: all did, and they did not."""
        all_done = self.overlap and self.gold is None and self.done == self.total
        return all_done and not self.mine and self.reviews

    @property
    def blind(self) -> bool:
        """Whether what others decided is hidden from the person.

        From a reviewer too, until all are done: a slot that somebody holds can be free again.
        """
        if self.gold is not None:
            return not self.reviews
        ended = self.done == self.total and self.reviews
        return self.overlap and self.mine != "done" and not ended

    @property
    def hides(self) -> bool:
        """Whether the person is told that it is hidden: a gold standard is like any other."""
        return self.blind and self.overlap and self.mine != "done"

    @property
    def owner(self) -> int | None:
        """Whose work the person goes on with: None is everybody's."""
        return self.user_id if self.blind or (self.overlap and self.mine) else None

    def shows(self, branch: Branch) -> bool:
        """Whether the person may see this branch."""
        return not self.blind or branch.owner_id in (None, self.user_id)


def add_slots(session: Session, trace: Trace) -> None:
    """The slots of a new trace, as many as its project says."""
    project = session.get_one(Project, trace.project_id)
    limits = limits_of(project)
    trace.overlap = limits.overlap if random.random() < limits.overlap_share else 1
    session.add_all(Claim(trace_id=trace.id, slot=slot) for slot in range(1, trace.overlap + 1))


def slots_of(session: Session, actor: Actor, trace: Trace) -> Slots:
    """The slots of a trace for this actor; a policy or the command line is nobody who judges."""
    if trace.gold_id is not None:
        return _gold_slots(session, actor, trace)
    claims: Sequence[Claim] = ()
    if trace.overlap > 1 and actor.id is not None:
        ours = (Claim.trace_id == trace.id, Claim.gold_id.is_(None))
        claims = session.scalars(select(Claim).where(*ours)).all()
    mine = next((claim for claim in claims if claim.user_id == actor.id), None)
    return Slots(
        total=max(1, len(claims)),
        free=sum(_is_free(claim) for claim in claims),
        done=sum(claim.done_at is not None for claim in claims),
        mine="" if mine is None else "done" if mine.done_at else "held",
        user_id=actor.id,
        reviews=actor.may("reviewer"),
    )


def _gold_slots(session: Session, actor: Actor, trace: Trace) -> Slots:
    """As of any trace that nobody else has come to; reviewers and above see what it is."""
    own = (Claim.trace_id == trace.id, Claim.user_id == actor.id)
    claim = session.scalars(select(Claim).where(*own)).first() if actor.id else None
    several = trace.overlap > 1  # of others slots are not counted
    return Slots(
        total=trace.overlap,
        free=trace.overlap - (claim is not None) if several else 0,
        done=int(several and claim is not None and claim.done_at is not None),
        mine="" if claim is None else "done" if claim.done_at else "held",
        user_id=actor.id,
        reviews=not is_measured(actor),
        gold=trace.gold_id,
    )


def is_measured(actor: Actor) -> bool:
    """Whether gold standards measure the actor: annotators, and no program's scopes change that."""
    return actor.id is not None and not actor.admin and actor.role in ("annotator", "viewer")


def hold_gold(session: Session, actor: Actor, trace: Trace) -> None:
    """Give somebody who is measured a slot of their own of a gold standard."""
    lock_trace(session, trace.id)
    own = (Claim.trace_id == trace.id, Claim.slot == -(actor.id or 0))
    claim = session.scalars(select(Claim).where(*own)).first()
    claim = claim or Claim(trace_id=trace.id, slot=-(actor.id or 0), gold_id=trace.gold_id)
    claim.user_id, claim.until = actor.id, held_until()
    session.add(claim)
    session.flush()


def _is_free(claim: Claim) -> bool:
    return not claim.done_at and (claim.until is None or claim.until < now())


def owner_here(session: Session, actor: Actor, trace: Trace) -> int | None:
    """Whose work a decision of the actor is. Raises Refused under overlap without a slot."""
    slots = slots_of(session, actor, trace)
    if slots.gold is not None and not slots.blind:
        raise Refused(_("This trace is a gold standard: take the mark away first."))
    if slots.overlap and not slots.mine:
        raise Refused(_("Several people judge this trace, each for themselves: hold it first."))
    if slots.gold is not None and not slots.mine:
        hold_gold(session, actor, trace)
    return slots.owner


def check_seen(session: Session, actor: Actor, branch: Branch) -> None:
    """Raises NotFound for a branch that the actor may not see."""
    if not slots_of(session, actor, branch.trace).shows(branch):
        raise NotFound(_("There is no such branch in this trace."))


def saw_others(session: Session, actor: Actor, trace: Trace) -> bool:
    """Whether the actor took a verdict back that had shown them what others decided."""
    mine = (Verdict.trace_id == trace.id, Verdict.user_id == actor.id, Verdict.final.is_(False))
    own = select(func.max(Verdict.withdrawn_at)).where(*mine, Verdict.gold_id.is_(None))
    until = session.scalar(own)
    if until is None or trace.gold_id is not None:
        return False
    by_others = (
        select(each.id).where(each.trace_id == trace.id, each.user_id != actor.id, each.at <= until)
        for each in (Verdict, Judgement)
    )
    return any(session.scalar(query.limit(1)) is not None for query in by_others)


def finish_slot(session: Session, user_id: int, trace_id: int) -> None:
    """The person's slot is theirs for good: they gave their verdict."""
    _set(session, user_id, trace_id, done_at=now(), until=None)


def open_slot(session: Session, user_id: int | None, trace_id: int) -> None:
    """The person's verdict is taken back: the slot is theirs, and to be done again."""
    _set(session, user_id, trace_id, done_at=None, until=held_until())


def held_until() -> datetime:
    """When a claim that is taken or kept now runs out."""
    return now() + timedelta(minutes=settings().claim_minutes)


def _set(session: Session, user_id: int | None, trace_id: int, **values: object) -> None:
    mine = (Claim.trace_id == trace_id, Claim.user_id == user_id)
    session.execute(update(Claim).where(*mine).values(**values))
