"""Talking about a trace: threads, what is said in them, their end; and where one is mentioned."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import Field
from sqlalchemy.orm import Session

from app.actions.talk import begin_thread, reply, resolve_thread, see_mentions, withdraw_comment
from app.core.errors import NotFound
from app.core.language import _
from app.core.mentions import MAX_COMMENT
from app.core.model import Frozen
from app.db.queries.talk import mentions_of
from app.db.tables import Comment, Thread
from app.web.api.deps import Caller, Choosing, Here, Id
from app.web.api.etags import IfNoneMatch, shown
from app.web.api.judging import Count
from app.web.api.paging import Page, Paged
from app.web.api.sent import NOT_BLANK, Sent
from app.web.api.traces import TRACE, ThisTrace
from app.web.api.views.talk import MentionView, ThreadView, mention_view, thread_view
from app.web.deps import Db
from app.web.security import API

router = APIRouter(tags=["talk"])
T = f"/projects/{{slug}}{TRACE}"
_THREAD = f"{T}/threads/{{thread_id}}"
_ABOUT = Field(None, ge=1, le=2**31 - 1)


class NewComment(Frozen):
    """What is to be said; @ and the name of a member tells them."""

    text: str = Field(
        min_length=1,
        max_length=MAX_COMMENT,
        pattern=NOT_BLANK,
        examples=["@ben, is the unit right?"],
    )


class NewThread(NewComment):
    """A thread, with what is said first: about a step (`id`), about a hint, or about the trace."""

    step_id: int | None = _ABOUT
    proposal_id: int | None = _ABOUT


def thread_here(desk: ThisTrace, thread_id: Id) -> Thread:
    """The thread of the address. Raises NotFound for one that the caller may not read."""
    for thread in desk.threads:
        if thread.id == thread_id:
            return thread
    raise NotFound(_("There is no such thread on this trace."))


ThisThread = Annotated[Thread, Depends(thread_here)]


@router.get(f"{T}/threads")
def list_threads(desk: ThisTrace, paging: Paged) -> Page[ThreadView]:
    """The threads about a trace; under overlap, until the caller judged it, their own alone."""
    rows, following = paging.some(desk.threads, lambda row: row.id)
    return Page(items=tuple(map(thread_view, rows)), next=following)


@router.post(f"{T}/threads", status_code=201, response_model=ThreadView)
def begin_thread_(session: Db, here: Here, desk: ThisTrace, new: Sent[NewThread]) -> Response:
    """Begin a thread. For annotators."""
    about = {"step_id": new.step_id, "proposal_id": new.proposal_id}
    comment = begin_thread(session, here.actor, desk.trace.id, new.text, **about)
    address = f"{API}/projects/{here.project.slug}/traces/{desk.trace.id}/threads"
    return _shown(session, comment.thread_id, f"{address}/{comment.thread_id}")


@router.get(_THREAD, response_model=ThreadView)
def get_thread(row: ThisThread, condition: IfNoneMatch) -> Response:
    """One thread, with all that was said in it."""
    return condition.show(thread_view(row))


@router.post(f"{_THREAD}/comments", status_code=201, response_model=ThreadView)
def reply_(session: Db, here: Here, row: ThisThread, new: Sent[NewComment]) -> Response:
    """Say more in a thread; one that was resolved is open again. For annotators."""
    reply(session, here.actor, row.id, new.text)
    return _shown(session, row.id)


@router.post(f"{_THREAD}/resolve", response_model=ThreadView)
def resolve_thread_(session: Db, here: Here, row: ThisThread) -> Response:
    """Say that a thread is done with. For annotators."""
    resolve_thread(session, here.actor, row.id)
    return shown(thread_view(row))


@router.delete(f"{T}/comments/{{comment_id}}", status_code=204)
def withdraw_comment_(session: Db, here: Here, desk: ThisTrace, comment_id: Id) -> None:
    """Take back what one said oneself: nobody reads it any more. For annotators."""
    comment = session.get(Comment, comment_id)
    if comment is None or comment.thread_id not in {each.id for each in desk.threads}:
        raise NotFound(_("There is no such comment on this trace."))
    withdraw_comment(session, here.actor, comment_id)


@router.get("/mentions")
def list_mentions(session: Db, actor: Caller, paging: Paged) -> Page[MentionView]:
    """The newest hundred comments that mention the caller, the newest first."""
    found = mentions_of(session, actor.id or 0)
    rows, following = paging.some(found, lambda row: row.comment_id, falling=True)
    return Page(items=tuple(map(mention_view, rows)), next=following)


@router.post("/mentions/seen")
def see_mentions_(session: Db, actor: Choosing) -> Count:
    """Say that one has seen them all; gives how many were new."""
    found = mentions_of(session, actor.id or 0)
    see_mentions(session, actor, [each.comment_id for each in found])
    return Count(count=sum(each.seen_at is None for each in found))


def _shown(session: Session, thread_id: int, address: str = "") -> Response:
    session.flush()
    row = session.get_one(Thread, thread_id)
    session.refresh(row)
    return shown(thread_view(row), 201, address)
