"""Talking about a trace, and where one is mentioned."""

from typing import Annotated

from fastapi import APIRouter, Form, Response

from app.actions.record import get
from app.actions.talk import begin_thread, reply, resolve_thread, see_mentions, withdraw_comment
from app.core.errors import Invalid, NotFound
from app.core.language import _
from app.db.queries.talk import mentions_of
from app.db.tables import Comment, Thread
from app.web.deps import Db, Person, PersonActor, Showing
from app.web.workbench import Doing, unix

router = APIRouter()
T = "/p/{slug}/traces/{trace_id}"
Words = Annotated[str, Form()]


@router.post(f"{T}/threads")
def begin(deed: Doing, text: Words = "", about: Words = "") -> Response:
    """Begin a thread on the trace, on one of its steps, or on a hint."""
    kind, _colon, number = about.partition(":")
    if about and (kind not in ("step", "proposal") or not number.isdecimal() or len(number) > 9):
        raise Invalid(_("Say what it is about."))
    place = {f"{kind}_id": int(number)} if about else {}
    begin_thread(deed.session, deed.actor, deed.trace.id, unix(text), **place)
    return deed.done(_("Said."), "#talk")


@router.post(f"{T}/threads/{{thread_id}}")
def answer(deed: Doing, thread_id: int, text: Words = "") -> Response:
    """Say more in a thread."""
    _check(deed, get(deed.session, Thread, thread_id))
    reply(deed.session, deed.actor, thread_id, unix(text))
    return deed.done(_("Said."), "#talk")


@router.post(f"{T}/threads/{{thread_id}}/resolve")
def resolve(deed: Doing, thread_id: int) -> Response:
    """Say that it is done with."""
    _check(deed, get(deed.session, Thread, thread_id))
    resolve_thread(deed.session, deed.actor, thread_id)
    return deed.done(_("The thread is resolved."), "#talk")


@router.post(f"{T}/comments/{{comment_id}}/withdraw")
def withdraw(deed: Doing, comment_id: int) -> Response:
    """Take back what one said."""
    comment = get(deed.session, Comment, comment_id)
    _check(deed, get(deed.session, Thread, comment.thread_id))
    withdraw_comment(deed.session, deed.actor, comment_id)
    return deed.done(_("It is withdrawn."), "#talk")


@router.get("/mentions")
def mentions(show: Showing, session: Db, person: Person) -> Response:
    """Where one is mentioned, the newest first."""
    return show.page("mentions", mentions=mentions_of(session, person.id))


@router.post("/mentions")
def seen(show: Showing, session: Db, person: Person, actor: PersonActor) -> Response:
    """One has seen them all."""
    see_mentions(session, actor, [each.comment_id for each in mentions_of(session, person.id)])
    return show.go("/mentions", _("All are marked as seen."))


def _check(deed: Doing, thread: Thread) -> None:
    if thread.trace_id != deed.trace.id:
        raise NotFound(_("There is no such thread on this trace."))
