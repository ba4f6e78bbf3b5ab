"""Talking about a trace: threads on all of it, on a step or on a proposal, mentions, and an end.

Promises: what was said is never changed; its author can withdraw it, and the event stays. Who is
named with an @ and belongs to the project is told, if they may see the thread. Under overlap nobody
reads another's thread before they gave their own verdict.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.actions.accounts import actor_of
from app.actions.record import get, record
from app.actions.slots import Slots, slots_of
from app.core.errors import Invalid, NotFound, Refused
from app.core.language import N_, _
from app.core.mentions import MAX_COMMENT, mentioned
from app.core.roles import Actor
from app.db.session import rows_changed
from app.db.tables import Comment, Membership, Mention, ProposalRow, StepRow, Thread, Trace, User
from app.db.types import now
from app.live import announce, trace_channel

_TALK = N_("talk about a trace")


def begin_thread(
    session: Session,
    actor: Actor,
    trace_id: int,
    text: str,
    *,
    step_id: int | None = None,
    proposal_id: int | None = None,
) -> Comment:
    """A new thread, with its first comment. For annotators. Raises Invalid, NotFound."""
    actor.require("annotator", _TALK)
    trace = get(session, Trace, trace_id)
    _check_place(session, trace, step_id, proposal_id)
    _check_text(text)
    thread = Thread(
        trace_id=trace.id, step_id=step_id, proposal_id=proposal_id, user_id=_person(actor)
    )
    session.add(thread)
    session.flush()
    return _say(session, actor, trace, thread, text)


def reply(session: Session, actor: Actor, thread_id: int, text: str) -> Comment:
    """Say more in a thread; one that was resolved is open again. For annotators."""
    thread, trace = _thread(session, actor, thread_id)
    _check_text(text)
    thread.resolved_at = thread.resolved_by = None
    return _say(session, actor, trace, thread, text)


def resolve_thread(session: Session, actor: Actor, thread_id: int) -> None:
    """Say that a thread is done with. For annotators. Raises Refused where it is already."""
    thread, trace = _thread(session, actor, thread_id)
    still_open = (Thread.id == thread.id, Thread.resolved_at.is_(None))
    ended = update(Thread).where(*still_open).values(resolved_at=now(), resolved_by=actor.id)
    if not rows_changed(session, ended):
        raise Refused(_("The thread is resolved already."))
    session.refresh(thread)
    _tell(session, actor, "resolve_thread", trace, f"thread:{thread.id}")


def withdraw_comment(session: Session, actor: Actor, comment_id: int) -> None:
    """Take back what one said oneself. For annotators. Twice is once."""
    comment = get(session, Comment, comment_id)
    _found, trace = _thread(session, actor, comment.thread_id)
    if comment.user_id != actor.id:
        raise Refused(_("Only who said it can withdraw it."))
    if comment.withdrawn_at is None:
        comment.withdrawn_at = now()
        _tell(session, actor, "withdraw_comment", trace, f"comment:{comment.id}")


def threads_on(session: Session, slots: Slots, trace_id: int) -> Sequence[Thread]:
    """The threads on a trace that the person may read, oldest first."""
    query = select(Thread).where(Thread.trace_id == trace_id).order_by(Thread.id)
    return [row for row in session.scalars(query) if _may_read(slots, row)]


def see_mentions(session: Session, actor: Actor, comment_ids: Iterable[int]) -> None:
    """Remember that the person was shown that they are mentioned in these comments."""
    mine = (Mention.user_id == actor.id, Mention.comment_id.in_(list(comment_ids)))
    session.execute(update(Mention).where(*mine, Mention.seen_at.is_(None)).values(seen_at=now()))


def _say(session: Session, actor: Actor, trace: Trace, thread: Thread, text: str) -> Comment:
    comment = Comment(thread_id=thread.id, user_id=_person(actor), text=text.strip())
    session.add(comment)
    session.flush()
    told = {user.id for user in _mentioned(session, trace, thread, text) if user.id != actor.id}
    session.add_all(Mention(comment_id=comment.id, user_id=user_id) for user_id in sorted(told))
    _tell(session, actor, "comment", trace, f"comment:{comment.id}", thread=thread.id)
    return comment


def _mentioned(session: Session, trace: Trace, thread: Thread, text: str) -> list[User]:
    """The members who are named and may read the thread."""
    members = session.scalars(
        select(User).join(Membership).where(Membership.project_id == trace.project_id, User.active)
    ).all()
    names = mentioned(text, [member.name for member in members])
    named = [member for member in members if member.name in names]
    return [one for one in named if _may_read(_slots(session, one, trace), thread)]


def _slots(session: Session, user: User, trace: Trace) -> Slots:
    return slots_of(session, actor_of(session, user, trace.project_id), trace)


def _may_read(slots: Slots, thread: Thread) -> bool:
    return not slots.blind or thread.user_id == slots.user_id


def _thread(session: Session, actor: Actor, thread_id: int) -> tuple[Thread, Trace]:
    """A thread that the actor may read, and its trace. Raises NotFound."""
    actor.require("annotator", _TALK)
    thread = get(session, Thread, thread_id)
    trace = get(session, Trace, thread.trace_id)
    if not _may_read(slots_of(session, actor, trace), thread):
        raise NotFound(_("There is no such thread."))
    return thread, trace


def _check_place(
    session: Session, trace: Trace, step_id: int | None, proposal_id: int | None
) -> None:
    step = session.get(StepRow, step_id) if step_id else None
    proposal = session.get(ProposalRow, proposal_id) if proposal_id else None
    branches = {branch.id for branch in trace.branches}
    lost = step_id and (step is None or step.branch_id not in branches)
    if lost or (proposal_id and (proposal is None or proposal.trace_id != trace.id)):
        raise NotFound(_("There is no such step or hint on this trace."))


def _check_text(text: str) -> None:
    if not text.strip() or len(text) > MAX_COMMENT:
        raise Invalid(_("A comment has 1 to %(most)s characters.", most=MAX_COMMENT))


def _person(actor: Actor) -> int:
    if actor.id is None:
        raise Refused(_("Only people talk about a trace."))
    return actor.id


def _tell(
    session: Session, actor: Actor, verb: str, trace: Trace, subject: str, **said: Any
) -> None:
    place = {"project_id": trace.project_id, "trace_id": trace.id}
    event = record(session, actor, verb, subject, **place, **said)
    announce(session, trace_channel(trace.id), "talk", event=event)
