"""A new password by mail: asking for it, and setting it at the address that came."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from app.actions.accounts import SHORTEST_PASSWORD
from app.actions.attempts import by_network, by_reset, count_guess
from app.actions.reset_password import ask_for_reset, reset_password
from app.core.errors import Invalid, NotFound
from app.core.language import _
from app.db.session import transaction
from app.web.deps import Db, Visiting, WebPorts
from app.web.login import enter
from app.web.templates import render

router = APIRouter(prefix="/login")


@router.get("/forgot")
def forgot_page(request: Request, ports: WebPorts) -> Response:
    """The form for whoever forgot their password."""
    if not ports.settings.mails:
        raise NotFound(_("No mail is sent here. Ask an administrator for a one-time address."))
    return _page(request, "forgot", said=False)


@router.post("/forgot")
def forgot(
    request: Request,
    ports: WebPorts,
    session: Db,
    visitor: Visiting,
    name: Annotated[str, Form()] = "",
) -> Response:
    """Have a mail sent, if there is anybody; the answer is alike."""
    count_guess(session, by_reset(name), by_network(visitor.group))
    if ports.settings.mails:
        ask_for_reset(session, name)
    return _page(request, "forgot", said=True)


@router.get("/reset")
def reset_page(request: Request, token: str = "") -> Response:
    """The form for a new password: only sending it spends the token, so previews don't."""
    return _page(request, "reset", token=token, problem="")


@router.post("/reset")
def reset(
    request: Request,
    ports: WebPorts,
    visitor: Visiting,
    token: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
) -> Response:
    """Set it, and be in."""
    try:
        with transaction(ports.engine) as session:
            user = reset_password(session, token, password)
    except Invalid as refused:
        return _page(request, "reset", 422, token=token, problem=str(refused))
    return enter(ports, user, visitor, "/", "mailed address")


def _page(request: Request, name: str, status: int = 200, /, **context: object) -> Response:
    context |= {"shell": None, "here": None, "shortest": SHORTEST_PASSWORD}
    return render(request, f"pages/{name}.html", status, **context)
