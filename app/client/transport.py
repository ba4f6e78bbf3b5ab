"""One exchange with a server: sending, trying again, and telling what came back.

Promises: a request is sent again only where it can't be done twice by that. Every POST has an
`Idempotency-Key`, the same for each of its tries. Nothing is sent anywhere but to the server: no
redirect is followed. The token is in no message, log or `repr`.
"""

import random
import time
from collections.abc import Callable, Mapping
from importlib.metadata import version
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from urllib.parse import quote, urlsplit
from uuid import uuid4

import httpx2

from app.client.errors import ApiError, error_in, unreachable

T = TypeVar("T")
API = "/api/v1"
_LONGEST_WAIT = 120.0
_SLOWEST = 8.0
_NEVER_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
_NOT_DONE = {429, 503}
_MAYBE_DONE = {502, 504}


class Request(NamedTuple):
    """What is asked for."""

    method: str
    path: tuple[str | int, ...]
    query: Mapping[str, Any] = {}
    body: bytes | None = None
    headers: Mapping[str, str] = {}

    @property
    def address(self) -> str:
        """The path below the server's address. Raises ApiError for a part that would leave it."""
        if odd := [part for part in map(str, self.path) if part in ("", ".", "..") or "/" in part]:
            raise ApiError("invalid", f"There is nothing called {odd[0]!r}.")
        return "".join(f"/{quote(str(part), safe='')}" for part in self.path)

    @property
    def repeatable(self) -> bool:
        """Whether it may be sent again though it may have been done."""
        return self.method in ("GET", "PUT", "POST")


class Transport:
    """A connection to one server with one token."""

    def __init__(self, url: str, token: str, timeout: float, retries: int) -> None:
        self.server = server_of(url)
        self._retries = retries
        self._http = httpx2.Client(headers=_headers(token), timeout=timeout)

    def close(self) -> None:
        """End it."""
        self._http.close()

    def ask(self, request: Request, take: Callable[[httpx2.Response], T]) -> T:
        """What `take` makes of the answer, whose body it reads. Raises ApiError."""
        key = {"Idempotency-Key": uuid4().hex} if request.method == "POST" else {}
        request = request._replace(headers={**request.headers, **key})
        for tried in count():
            try:
                return self._try(request, take, tried)
            except _Failed as failed:
                if tried >= self._retries or not failed.passes:
                    raise failed.error from failed.__cause__
                wait = _wait(failed.error, tried)
            time.sleep(wait)
        raise AssertionError("it tries for ever, or ends")

    def form(self, path: tuple[str | int, ...], file: Path, fields: Mapping[str, Any]) -> Request:
        """A file and fields to send; its bytes are the same at each try, as a key asks for."""
        with file.open("rb") as stream:
            files = {"file": (file.name, stream)}
            built = self._http.build_request("POST", self.server, data=dict(fields), files=files)
            headers = {"Content-Type": built.headers["content-type"]}
            return Request("POST", path, {}, built.read(), headers)

    def _try(self, request: Request, take: Callable[[httpx2.Response], T], tried: int) -> T:
        try:
            with self._open(request) as response:
                error = error_in(response, self.server)
                if error is None:
                    return take(response)
                raise _Failed(error, _passes(request, response, error, tried))
        except httpx2.HTTPError as cause:
            error = unreachable(cause, self.server)
            again = isinstance(cause, _NEVER_SENT) or request.repeatable
            raise _Failed(error, again and error.code == "unreachable") from cause

    def _open(self, request: Request) -> Any:
        return self._http.stream(
            request.method,
            f"{self.server}{API}{request.address}",
            params={
                name: value for name, value in request.query.items() if value not in (None, "")
            },
            content=request.body,
            headers=dict(request.headers),
        )


class _Failed(Exception):
    """One try failed; `passes` where another may mend it and can't do it twice."""

    def __init__(self, error: ApiError, passes: bool) -> None:
        super().__init__(error)
        self.error, self.passes = error, passes


def server_of(url: str) -> str:
    """A server's address as messages show it. Raises ApiError where it can't be one."""
    try:
        parts = urlsplit(url.strip())
        wrong = parts.scheme not in ("http", "https") or not parts.hostname
        wrong = wrong or parts.port == 0 or bool(parts.username or parts.password)
    except ValueError:
        wrong = True
    if wrong:
        raise ApiError("unreachable", "A server's address is http(s)://HOST, without a name in it.")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/').removesuffix(API)}"


def _headers(token: str) -> dict[str, str]:
    if not token.isascii() or not token.isprintable() or " " in token or not token:
        raise ApiError("not-identified", "That is no token: one begins with calm_.")
    agent = f"calm-studio/{version('calm-studio')}"
    return {"Authorization": f"Bearer {token}", "User-Agent": agent}


def _passes(request: Request, response: httpx2.Response, error: ApiError, tried: int) -> bool:
    """Whether another try may mend it and can't do it twice."""
    if (error.after or 0) > _LONGEST_WAIT:
        return False
    if response.status_code in _MAYBE_DONE:
        return request.repeatable
    # Without the mark of a replay, a first try of the same key is still being carried out.
    unfinished = tried > 0 and request.method == "POST" and error.code == "conflict"
    replayed = "idempotency-replayed" in response.headers
    return response.status_code in _NOT_DONE or (unfinished and not replayed)


def _wait(error: ApiError, tried: int) -> float:
    if error.after is not None:
        return error.after
    return min(_SLOWEST, 0.5 * 2.0**tried) * random.uniform(0.5, 1)
