"""Logging in, by password or by a one-time address, and out.

A one-time address logs in as it is opened: it is printed on the terminal of whoever started the
server, where no link preview reads it.
"""

import re
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from app.actions.accounts import (
    actor_of,
    authenticate,
    close_login,
    open_login,
    spend_once,
    user_of_token,
)
from app.actions.attempts import by_name, by_network, count_guess, forgive
from app.actions.record import record
from app.core.errors import NotAllowed, TooMany
from app.core.visitor import Visitor
from app.db.session import reading, transaction
from app.db.tables import User
from app.web.deps import Db, Visiting, WebPorts
from app.web.security import COOKIE, session_token, set_session
from app.web.templates import render

router = APIRouter()


@router.get("/login")
def login_page(request: Request, next: str = "/") -> Response:
    """The form for name and password."""
    return _form(request, next)


@router.post("/login")
def login(
    request: Request,
    ports: WebPorts,
    visitor: Visiting,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",
) -> Response:
    """Check name and password, outside any transaction that writes: the check takes its time."""
    guesses = (by_name(name), by_network(visitor.group))
    try:
        count_guess(ports.engine, *guesses)
        with reading(ports.engine) as session:
            user = authenticate(session, name, password)
    except TooMany as refused:
        return _form(request, next, 429, str(refused))
    except NotAllowed as refused:
        return _form(request, next, 403, str(refused))
    forgive(ports.engine, *guesses)
    return _enter(ports, user, visitor, _own_path(next), "password")


@router.get("/login/once")
def login_once(ports: WebPorts, visitor: Visiting, token: str = "") -> Response:
    """Spend a one-time token and be in."""
    with transaction(ports.engine) as session:
        user = spend_once(session, token)
    return _enter(ports, user, visitor, "/", "one-time address")


@router.post("/logout")
def logout(request: Request, session: Db) -> Response:
    """End this session."""
    token = session_token(request)
    if user := user_of_token(session, token):
        record(session, actor_of(session, user), "log_out", f"user:{user.id}")
    close_login(session, token)
    response = RedirectResponse("/login", 303)
    response.delete_cookie(COOKIE)
    return response


def _form(request: Request, next: str, status: int = 200, problem: str = "") -> Response:
    context = {"next": next, "problem": problem, "shell": None, "here": None}
    return render(request, "pages/login.html", status, **context)


def _enter(ports: WebPorts, user: User, visitor: Visitor, address: str, by: str) -> Response:
    with transaction(ports.engine) as session:
        token = open_login(session, user, "session", visitor)
        record(session, actor_of(session, user), "log_in", f"user:{user.id}", by=by)
    response = RedirectResponse(address, 303)
    set_session(response, token, ports.settings)
    return response


def _own_path(address: str) -> str:
    """The address if it is one of ours, else the first page: no login leads elsewhere."""
    return address if re.match(r"/(?![/\\])", address) else "/"
