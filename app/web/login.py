"""Logging in, by password or by a one-time address, and out.

A one-time address logs in as it is opened: it is printed on the terminal of whoever started the
server, where no link preview reads it.
"""

import re
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from app.actions.accounts import authenticate, close_login, open_login, spend_once
from app.core.errors import NotAllowed
from app.db.session import reading, transaction
from app.db.tables import User
from app.web.deps import Db, WebPorts
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
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",
) -> Response:
    """Check name and password, outside any transaction that writes: the check takes its time."""
    try:
        with reading(ports.engine) as session:
            user = authenticate(session, name, password)
    except NotAllowed as refused:
        return _form(request, next, 403, str(refused))
    return _enter(ports, user, _own_path(next))


@router.get("/login/once")
def login_once(ports: WebPorts, token: str = "") -> Response:
    """Spend a one-time token and be in."""
    with transaction(ports.engine) as session:
        user = spend_once(session, token)
    return _enter(ports, user, "/")


@router.post("/logout")
def logout(request: Request, session: Db) -> Response:
    """End this session."""
    close_login(session, session_token(request))
    response = RedirectResponse("/login", 303)
    response.delete_cookie(COOKIE)
    return response


def _form(request: Request, next: str, status: int = 200, problem: str = "") -> Response:
    context = {"next": next, "problem": problem, "shell": None, "here": None}
    return render(request, "pages/login.html", status, **context)


def _enter(ports: WebPorts, user: User, address: str) -> Response:
    with transaction(ports.engine) as session:
        token = open_login(session, user, "session")
    response = RedirectResponse(address, 303)
    set_session(response, token, ports.settings)
    return response


def _own_path(address: str) -> str:
    """The address if it is one of ours, else the first page: no login leads elsewhere."""
    return address if re.match(r"/(?![/\\])", address) else "/"
