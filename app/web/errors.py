"""From errors to pages: the one file that knows what a domain error means in HTTP.

Promises: no page ever shows a stack trace. Something unexpected is logged with an id, and the
person sees the id. htmx gets a message for the page's message line, a browser a whole page.
"""

import logging
import secrets
from http import HTTPStatus
from urllib.parse import quote, urlsplit

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from pydantic import ValidationError
from sqlalchemy.exc import DataError, IntegrityError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.errors import (
    CalmError,
    Conflict,
    Invalid,
    NotAllowed,
    NotFound,
    NotIdentified,
    ProviderDown,
    Refused,
    TooMany,
)
from app.core.language import N_, _, translated
from app.web.security import SAFE_METHODS
from app.web.templates import is_htmx, render

STATUS: dict[type[CalmError], int] = {
    NotFound: 404,
    NotAllowed: 403,
    NotIdentified: 401,
    Refused: 409,
    Conflict: 409,
    Invalid: 422,
    TooMany: 429,
    ProviderDown: 503,
}
_HTTP = {
    400: N_("What was sent can't be read."),
    404: N_("There is no such page."),
    405: N_("This can't be done here."),
    413: N_("That is more than can be sent here."),
}
_log = logging.getLogger(__name__)


class LoginNeeded(Exception):
    """Nobody is logged in, and this page needs somebody."""


def add_error_pages(app: FastAPI) -> None:
    """Map every error of the application."""
    app.add_exception_handler(CalmError, _domain)
    app.add_exception_handler(LoginNeeded, _login)
    app.add_exception_handler(Overtaken, _overtaken)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(ValidationError, _unreadable)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(IntegrityError, _too_late)
    app.add_exception_handler(DataError, _unstorable)
    app.add_exception_handler(OverflowError, _too_large)


class Overtaken(Exception):
    """Somebody else decided meanwhile; `response` shows what they did. Nothing is changed."""

    def __init__(self, response: Response) -> None:
        self.response = response


class Unexpected:
    """ASGI middleware: what nothing else caught becomes a page with an id, and a log entry.

    A middleware and not a handler, so that this page too passes through `Shield`.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; answer for whatever it raises before the response has begun."""
        begun = False

        async def noted_send(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, noted_send)
        except Exception as error:
            if begun or scope["type"] != "http":
                raise
            await _last_resort(Request(scope), error)(scope, receive, send)


def message_page(request: Request, status: int, message: str) -> Response:
    """A calm page with one sentence; for htmx the sentence alone, for the page's message line."""
    if is_htmx(request):
        part = render(request, "parts/message.html", status, message=message)
        return _in_message_line(part)
    context = {"message": message, "back": _back(request), "shell": None, "here": None}
    return render(request, "pages/error.html", status, **context)


def _in_message_line(part: Response) -> Response:
    part.headers["HX-Retarget"], part.headers["HX-Reswap"] = "#message", "innerHTML"
    return part


def _back(request: Request) -> str:
    """The page of ours that the browser came from, else the first one."""
    referer, ours = request.headers.get("referer", ""), str(request.base_url)
    return "/" + (referer.removeprefix(ours).lstrip("/") if referer.startswith(ours) else "")


def _last_resort(request: Request, error: Exception) -> Response:
    number = secrets.token_hex(4)
    # The path alone: a query may hold a one-time token.
    _log.error("error %s at %s %s", number, request.method, request.url.path, exc_info=error)
    return message_page(
        request, 500, _("Something went wrong. Its id in the log is %(number)s.", number=number)
    )


def _domain(request: Request, error: Exception) -> Response:
    status = next(code for kind, code in STATUS.items() if isinstance(error, kind))
    response = message_page(request, status, str(error))
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.seconds)
    return response


def _overtaken(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Overtaken)
    return error.response


def _login(request: Request, _error: Exception) -> Response:
    wanted = request.url.path if request.method in SAFE_METHODS else "/"
    if is_htmx(request):
        page = urlsplit(request.headers.get("HX-Current-URL", "/"))
        wanted = f"{page.path}?{page.query}" if page.query else page.path
    address = f"/login?next={quote(wanted)}" if wanted != "/" else "/login"
    if is_htmx(request):
        # Led nowhere: a page also asks by itself, while somebody writes on it.
        part = render(request, "parts/session_ended.html", 401, address=address)
        return _in_message_line(part)
    return RedirectResponse(address, 303)


def _unreadable(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError | ValidationError)
    places = {str(item["loc"][-1]): item["msg"] for item in error.errors() if item["loc"]}
    told = "; ".join(f"{place}: {text}" for place, text in places.items())
    if isinstance(error, RequestValidationError) and any(
        item["loc"][0] == "path" for item in error.errors()
    ):
        return message_page(request, 404, _("There is no such page."))
    return message_page(request, 422, _("Something in the form can't be read. %(told)s", told=told))


def _too_late(request: Request, error: Exception) -> Response:
    """Two did the same thing at the same moment, and the database let one of them."""
    _log.warning("refused by the database at %s: %s", request.url.path, type(error).__name__)
    return message_page(
        request, 409, _("Somebody did the same just before. Look again, then decide.")
    )


def _unstorable(request: Request, _error: Exception) -> Response:
    return message_page(request, 422, _("Something in the form is too long or can't be stored."))


def _too_large(request: Request, _error: Exception) -> Response:
    """A number in the address that no database counts to."""
    return message_page(request, 404, _("There is no such page."))


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    message = translated(_HTTP.get(error.status_code) or HTTPStatus(error.status_code).phrase)
    return message_page(request, error.status_code, message)
