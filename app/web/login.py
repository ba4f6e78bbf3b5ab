"""Logging in, by password or by a one-time address, with a second factor where one is on; and out.

A one-time address logs in as it is opened: it is printed on the terminal of whoever started the
server, where no link preview reads it.
"""

import re
from typing import Annotated
from urllib.parse import quote

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
from app.actions.attempts import by_code, by_network, count_guess, forgive
from app.actions.record import record
from app.actions.second_factor import is_on, take
from app.core.errors import NotAllowed, TooMany
from app.core.visitor import Visitor
from app.db.session import reading, transaction
from app.db.tables import User
from app.web.deps import Db, Visiting, WebPorts, ports_of
from app.web.errors import LoginNeeded
from app.web.known import guesses_of, remember
from app.web.security import COOKIE, session_token, set_session
from app.web.templates import render

router = APIRouter()


@router.get("/login")
def login_page(request: Request, next: str = "/") -> Response:
    """The form for name and password."""
    return login_form(request, next)


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
    guesses = guesses_of(request, ports, visitor, name)
    try:
        with transaction(ports.engine) as session:
            count_guess(session, *guesses)
        with reading(ports.engine) as session:
            user = authenticate(session, name, password)
    except TooMany as refused:
        return login_form(request, next, 429, str(refused))
    except NotAllowed as refused:
        return login_form(request, next, 403, str(refused))
    with transaction(ports.engine) as session:
        forgive(session, *guesses)
    return enter(ports, user, visitor, own_path(next), "password")


@router.get("/login/once")
def login_once(ports: WebPorts, visitor: Visiting, token: str = "") -> Response:
    """Spend a one-time token and be in."""
    with transaction(ports.engine) as session:
        user = spend_once(session, token)
    return enter(ports, user, visitor, "/", "one-time address")


@router.get("/login/code")
def code_page(request: Request, session: Db, next: str = "/") -> Response:
    """The form for the second factor, for whoever got so far."""
    if user_of_token(session, session_token(request), "halfway") is None:
        return RedirectResponse("/login", 303)
    return login_form(request, next, form="code")


@router.post("/login/code")
def code(
    request: Request,
    ports: WebPorts,
    visitor: Visiting,
    code: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",
) -> Response:
    """Check the second factor, and be in."""
    try:
        user = _second_factor(ports, session_token(request), visitor, code)
    except TooMany as refused:
        return login_form(request, next, 429, str(refused), "code")
    except NotAllowed as refused:
        return login_form(request, next, 403, str(refused), "code")
    return enter(ports, user, visitor, own_path(next), "second factor")


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


def _second_factor(ports: WebPorts, token: str, visitor: Visitor, code: str) -> User:
    """Whoever is halfway in with `token`, once the code is right; the guess is counted first."""
    with transaction(ports.engine) as session:
        user = user_of_token(session, token, "halfway")
        if user is None:
            raise LoginNeeded
        guesses = (by_code(user.id), by_network(visitor.group))
        count_guess(session, *guesses)
    with transaction(ports.engine) as session:
        take(session, actor_of(session, user), code)
        forgive(session, *guesses)
        close_login(session, token)
    return user


def login_form(
    request: Request, next: str, status: int = 200, problem: str = "", form: str = "login"
) -> Response:
    """The form for name and password, or with `form` code for the second factor."""
    settings = ports_of(request).settings
    context = {"next": next, "problem": problem, "settings": settings, "shell": None, "here": None}
    return render(request, f"pages/{form}.html", status, **context)


def enter(ports: WebPorts, user: User, visitor: Visitor, address: str, by: str) -> Response:
    """Let a person in at `address`, or ask for their second factor first. The one way in."""
    with transaction(ports.engine) as session:
        halfway = by != "second factor" and is_on(session, user.id)
        token = open_login(session, user, "halfway" if halfway else "session", visitor)
        if not halfway:
            record(session, actor_of(session, user), "log_in", f"user:{user.id}", by=by)
    response = RedirectResponse(f"/login/code?next={quote(address)}" if halfway else address, 303)
    set_session(response, token, ports.settings)
    if not halfway:
        remember(response, ports, user)
    return response


def own_path(address: str) -> str:
    """The address if it is one of ours, else the first page: no login leads elsewhere."""
    return address if re.match(r"/(?![/\\])", address) else "/"
