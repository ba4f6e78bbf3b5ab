"""From errors to `application/problem+json` (RFC 9457), as `app.web.errors` does for pages.

Promises: every answer of the API that is no success has this form, never a stack trace, and the
same status as the page that would have said it.
"""

import logging
import secrets
from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import Field, ValidationError
from sqlalchemy.exc import DataError, IntegrityError
from starlette.exceptions import HTTPException

from app.core.errors import CalmError, TooMany
from app.core.language import _
from app.core.model import Frozen
from app.web.errors import STATUS

MEDIA_TYPE = "application/problem+json"
_MAPPED = (CalmError, RequestValidationError, ValidationError, HTTPException)
_log = logging.getLogger(__name__)


class WrongField(Frozen):
    """A field that can't be read: where it stands in what was sent, and why."""

    place: str = Field(examples=["body/reason"])
    message: str = Field(examples=["Field required"])


class ProblemDetails(Frozen):
    """Why something was not done. `code` is for programs, `detail` for people."""

    type: str = "about:blank"
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    code: str = Field(examples=["not-found"])
    detail: str = Field(examples=["There is no such project."])
    fields: tuple[WrongField, ...] = ()


def add_problem_details(app: FastAPI) -> None:
    """Map every error of the application."""
    for kind in (*_MAPPED, IntegrityError, DataError, OverflowError):
        app.add_exception_handler(kind, problem_for)


def problem_for(request: Request, error: Exception) -> Response:
    """The answer to an error of any kind."""
    if isinstance(error, CalmError):
        return _domain(error)
    if isinstance(error, RequestValidationError | ValidationError):
        return _unreadable(error)
    if isinstance(error, HTTPException):
        return problem(error.status_code, error.detail, headers=dict(error.headers or {}))
    if isinstance(error, IntegrityError):
        return problem(409, _("Somebody did the same just before. Look again, then decide."))
    if isinstance(error, DataError):
        return problem(422, _("Something that was sent is too long or can't be stored."))
    if isinstance(error, OverflowError):
        return problem(404, _("There is no such thing."))
    return _unexpected(request, error)


def problem(
    status: int,
    detail: str,
    code: str = "",
    fields: tuple[WrongField, ...] = (),
    headers: dict[str, str] | None = None,
) -> Response:
    """An answer that says what is wrong."""
    title = HTTPStatus(status).phrase
    code = code or title.lower().replace(" ", "-")
    told = ProblemDetails(title=title, status=status, code=code, detail=detail, fields=fields)
    return Response(told.model_dump_json(), status, headers, MEDIA_TYPE)


def _domain(error: CalmError) -> Response:
    kind, status = next(each for each in STATUS.items() if isinstance(error, each[0]))
    code = "".join(f"-{each.lower()}" if each.isupper() else each for each in kind.__name__)
    headers = {"Retry-After": str(error.seconds)} if isinstance(error, TooMany) else {}
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
    return problem(status, str(error), code[1:], headers=headers)


def _unreadable(error: RequestValidationError | ValidationError) -> Response:
    found = error.errors()
    if isinstance(error, RequestValidationError) and any(it["loc"][0] == "path" for it in found):
        return problem(404, _("There is no such thing."))
    fields = tuple(
        WrongField(place="/".join(map(str, it["loc"])), message=it["msg"]) for it in found
    )
    return problem(422, _("Something that was sent can't be read."), "unreadable", fields)


def _unexpected(request: Request, error: Exception) -> Response:
    number = secrets.token_hex(4)
    _log.error("error %s at %s %s", number, request.method, request.url.path, exc_info=error)
    return problem(500, _("Something went wrong. Its id in the log is %(number)s.", number=number))
