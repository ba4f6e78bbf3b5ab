"""One's own sessions: in which browsers one is logged in, and ending that."""

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session

from app.actions.sessions import end_other_sessions, end_session
from app.core.language import _, ngettext
from app.web.deps import Db, Person, PersonActor, Show, Showing
from app.web.security import session_token
from app.web.views.account import sessions_view

router = APIRouter(prefix="/account/sessions")


@router.get("")
def sessions(show: Showing, request: Request, session: Db, person: Person) -> Response:
    """The browsers in which one is logged in."""
    view = sessions_view(session, person.id, session_token(request))
    return show.page("sessions", view=view)


@router.post("/others")
def others(show: Showing, request: Request, session: Db, actor: PersonActor) -> Response:
    """End all but this one."""
    ended = end_other_sessions(session, actor, session_token(request))
    return _changed(
        show,
        request,
        session,
        ngettext("%(num)s session ended.", "%(num)s sessions ended.", ended),
    )


@router.post("/{login_id}/end")
def end(
    show: Showing, request: Request, session: Db, actor: PersonActor, login_id: int
) -> Response:
    """End one."""
    end_session(session, actor, login_id)
    return _changed(show, request, session, _("The session is ended."))


def _changed(show: Show, request: Request, session: Session, said: str) -> Response:
    view = sessions_view(session, show.user.id, session_token(request))
    return show.changed("sessions", "/account/sessions", said=said, view=view)
