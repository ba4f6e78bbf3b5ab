"""Who the token is; what its account chose, in which browsers it is open, and its tokens."""

from fastapi import APIRouter, Response
from pydantic import Field
from sqlalchemy.orm import Session

from app.actions.accounts import set_language
from app.actions.preferences import choose_keys, preference_of, show_time
from app.actions.sessions import end_other_sessions, end_session
from app.actions.set_queue_order import set_queue_order
from app.actions.tokens import revoke_token
from app.actions.working_time import days_of
from app.core.model import Frozen
from app.core.roles import Actor
from app.db.tables import QueueOrder
from app.web.api.deps import Caller, Choosing, Id, Managing, user_of
from app.web.api.etags import IfMatch, IfNoneMatch, shown
from app.web.api.judging import Count
from app.web.api.paging import Page, Paged
from app.web.api.sent import Sent
from app.web.api.views.access import SessionView, TokenView, session_view, token_view
from app.web.api.views.people import (
    Me,
    Preferences,
    WorkedDay,
    me_view,
    preferences_view,
    worked_day,
)
from app.web.deps import Db
from app.web.views.account import sessions_view
from app.web.views.tokens import tokens_view

router = APIRouter(prefix="/me", tags=["me"])


class ChangedPreferences(Frozen):
    """What is to be chosen; what is left out, or null, stays. Keys that are named replace all."""

    language: str | None = Field(None, max_length=20, examples=["zh-Hans"])
    queue_order: QueueOrder | None = None
    keys: dict[str, str] | None = Field(None, examples=[{"accept": "y"}])
    shows_time: bool | None = None


@router.get("", response_model=Me)
def get_me(actor: Caller, condition: IfNoneMatch) -> Response:
    """The account behind the token, and how far the token reaches."""
    return condition.show(me_view(actor))


@router.get("/preferences", response_model=Preferences)
def get_preferences(session: Db, actor: Caller, condition: IfNoneMatch) -> Response:
    """What the account chose for its pages and its queue."""
    return condition.show(_preferences(session, actor))


@router.patch("/preferences", response_model=Preferences)
def change_preferences(
    session: Db, actor: Choosing, change: Sent[ChangedPreferences], match: IfMatch
) -> Response:
    """Choose otherwise."""
    match.check(lambda: _preferences(session, actor))
    if change.language is not None:
        set_language(session, actor, actor.id or 0, change.language)
    if change.queue_order is not None:
        set_queue_order(session, actor, change.queue_order)
    if change.keys is not None:
        choose_keys(session, actor, change.keys)
    if change.shows_time is not None:
        show_time(session, actor, change.shows_time)
    session.flush()
    return shown(_preferences(session, actor))


@router.get("/time")
def list_time(session: Db, actor: Caller, paging: Paged) -> Page[WorkedDay]:
    """The time on traces that the account's pages saw on its last thirty days, the newest first."""
    days = list(enumerate(days_of(session, actor.id or 0)))
    rows, following = paging.some(days, lambda row: row[0])
    return Page(items=tuple(worked_day(day) for _at, day in rows), next=following)


@router.get("/sessions")
def list_sessions(session: Db, actor: Managing, paging: Paged) -> Page[SessionView]:
    """The browsers in which one is logged in."""
    lines = sessions_view(session, actor.id or 0, "").sessions
    rows, following = paging.some(sorted(lines, key=lambda line: line.id), lambda line: line.id)
    return Page(items=tuple(map(session_view, rows)), next=following)


@router.delete("/sessions")
def end_sessions(session: Db, actor: Managing) -> Count:
    """Log out everywhere; gives how many sessions ended."""
    return Count(count=end_other_sessions(session, actor, ""))


@router.delete("/sessions/{login_id}", status_code=204)
def end_session_(session: Db, actor: Managing, login_id: Id) -> None:
    """Log one browser out."""
    end_session(session, actor, login_id)


@router.get("/tokens")
def list_tokens(session: Db, actor: Managing, paging: Paged) -> Page[TokenView]:
    """The account's tokens that were not revoked, the newest first."""
    lines = tokens_view(session, actor.id or 0).tokens
    rows, following = paging.some(lines, lambda line: line.id, falling=True)
    return Page(items=tuple(map(token_view, rows)), next=following)


@router.delete("/tokens/{token_id}", status_code=204)
def revoke_token_(session: Db, actor: Managing, token_id: Id) -> None:
    """End a token of the account, the one that asks too."""
    revoke_token(session, actor, actor.id or 0, token_id)


def _preferences(session: Session, actor: Actor) -> Preferences:
    return preferences_view(user_of(session, actor), preference_of(session, actor.id or 0))
