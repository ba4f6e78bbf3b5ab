"""Using an invitation: with a new account, or the one that one is logged in with."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from app.actions.accounts import SHORTEST_PASSWORD, actor_of, user_of_token
from app.actions.invitations import invitation_of, join, join_anew
from app.actions.record import get
from app.core.errors import Invalid
from app.core.language import _
from app.db.session import reading, transaction
from app.db.tables import Project, User
from app.web.deps import Db, PersonActor, Showing, Visiting, WebPorts
from app.web.login import enter
from app.web.security import session_token
from app.web.templates import render

router = APIRouter(prefix="/join")


@router.get("")
def page(request: Request, session: Db, token: str = "") -> Response:
    """What one is invited to; only sending the form spends the token, so previews don't."""
    return _page(request, session, token)


@router.post("")
def join_with_account(
    request: Request,
    ports: WebPorts,
    visitor: Visiting,
    token: Annotated[str, Form()] = "",
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
) -> Response:
    """Make an account, and be in."""
    try:
        with transaction(ports.engine) as session:
            user = join_anew(session, token, name, password)
    except Invalid as refused:
        with reading(ports.engine) as session:
            return _page(request, session, token, 422, str(refused), name)
    return enter(ports, user, visitor, "/", "invitation")


@router.post("/as-yourself")
def join_as_yourself(
    show: Showing, session: Db, actor: PersonActor, token: Annotated[str, Form()] = ""
) -> Response:
    """Join with the account that one is logged in with."""
    project = join(session, actor, token)
    return show.go(f"/p/{project.slug}", _("You are in."))


def _page(
    request: Request, session: Db, token: str, status: int = 200, problem: str = "", name: str = ""
) -> Response:
    invitation = invitation_of(session, token)
    person = user_of_token(session, session_token(request))
    by = session.get(User, invitation.by_id) if invitation.by_id else None
    return render(
        request,
        "pages/join.html",
        status,
        token=token,
        project=get(session, Project, invitation.project_id).name,
        role=invitation.role,
        by=by.name if by else "",
        person=actor_of(session, person).name if person else "",
        problem=problem,
        name=name,
        shortest=SHORTEST_PASSWORD,
        shell=None,
        here=None,
    )
