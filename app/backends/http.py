"""One client for OpenAI-compatible servers, and its failures in plain words without the key.

Promises: a request is sent once, for whoever asks decides when to try again; it is on the line of
the thread that sends it (`app.backends.line`), and so can be cut. No server, not even one that
sends a byte now and then, is waited for longer than a deadline.
"""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.utils import parsedate_to_datetime
from functools import cache
from math import isfinite
from threading import Timer
from typing import Protocol

import httpx2
import openai
from openai import OpenAI

from app.backends.line import Line, current_line
from app.core.errors import ModelError

BASE_URL = r"^https?://[^\s@/?#]+(/[^\s@?#]*)?$"
"""An address without name, password or query: it stands in pages and events, where no key may."""
_SHOWN = 300
_AGAIN = frozenset({408, 409, 425, 429})
_NAMES = {429: " (rate limited)", 503: " (overloaded)", 529: " (overloaded)"}
_MALFORMED = (ValueError, TypeError, AttributeError, LookupError)
"""What reading a reply raises that has another shape than the API's: the SDK does not check it."""
_LONG = re.compile(r"context|too long|too large|(maximum|exceed).{0,80}(length|tokens)", re.I)
"""How servers say, each in its own words, that a prompt is longer than the model's context."""
TOO_LONG = (
    "The path is longer than the model's context. Serve the model with a longer one, or discard "
    "the trace; trying again as it is will not help."
)
_LATE = (
    "The model server had not ended its reply after {:g} seconds. Look at its speed, or give a "
    "whole reply more time in the project's settings."
)
_ADVICE = {
    401: "The key is missing or wrong: store it in the project's settings.",
    403: "The key may not do this: look at it in the project's settings.",
    404: "Look at the server's address and the model's name in the project's settings.",
    429: "The server asks for patience: try again later.",
}


class Raise(Protocol):
    """Makes the error of a failure; a ModelError's own class does."""

    def __call__(self, message: str, /, *, retryable: bool, after: float | None) -> Exception: ...


def client(base_url: str, key: str, timeout: float) -> OpenAI:
    """A client of one server. Without a key it sends a word that is none."""
    return OpenAI(
        base_url=base_url,
        api_key=key or "none",
        timeout=timeout,
        max_retries=0,
        http_client=connections(),
    )


@contextmanager
def failures(key: str, error: Raise, deadline: float) -> Iterator[Line]:
    """Raise `error(message, …)` for whatever goes wrong with the server in the block.

    What is opened on the line that it gives (`on_line`) is cut after `deadline` seconds.
    """
    line = Line(within=current_line())
    late = Timer(deadline, line.cut)
    late.daemon = True
    late.start()
    try:
        yield line
    except (openai.OpenAIError, httpx2.HTTPError, ModelError, *_MALFORMED) as cause:
        if line.is_cut:
            raise error(_LATE.format(deadline), retryable=True, after=None) from None
        if isinstance(cause, ModelError):
            raise
        message, retryable = _told(cause, key)
        raise error(message, retryable=retryable, after=_asked(cause)) from None
    finally:
        late.cancel()


@cache
def connections() -> httpx2.Client:
    """The process's own: making one reads certificates for long. Threads may share it.

    No connection is kept for a next request: on one that is, a line could not be cut.
    """
    return openai.DefaultHttpxClient(
        limits=httpx2.Limits(max_connections=None, max_keepalive_connections=0),
        event_hooks={"request": [_put_on_line]},
    )


def _put_on_line(request: httpx2.Request) -> None:
    if line := current_line():
        request.extensions["trace"] = line.watch


def quoted(said: str, key: str) -> str:
    """A server's words, to be shown. The key goes before they are cut: no piece of it may stay."""
    return (said.replace(key, "[key]") if key else said)[:_SHOWN]


def answered(status: int, body: str, key: str) -> str:
    """What a server refused with, and what a person can do about it."""
    web = body.lstrip().startswith("<")
    said = "a web page" if web else quoted(" ".join(body.split()), key)
    long = status in (400, 413, 422) and _LONG.search(body)
    advice = TOO_LONG if long else _ADVICE.get(status, "")
    told = f"The model server answered {status}{_NAMES.get(status, '')}: {said.rstrip('.')}."
    return f"{told} {advice}".strip()


def may_pass(status: int) -> bool:
    """Whether trying again may help after a refusal."""
    return status >= 500 or status in _AGAIN


def _body(error: openai.APIStatusError) -> str:
    """The words of a refusal; the SDK keeps those of a web page to itself."""
    kind = error.response.headers.get("content-type", "")
    told = error.message.removeprefix(f"Error code: {error.status_code} - ")
    return "<" if "html" in kind else told


def _told(cause: Exception, key: str) -> tuple[str, bool]:
    """What happened, and whether trying again may help."""
    if isinstance(cause, openai.APITimeoutError | httpx2.TimeoutException):
        told = "The model server did not answer in time. Try again, or give it more patience in the"
        return f"{told} project's settings.", True
    if isinstance(cause, openai.APIStatusError):
        status = cause.status_code
        return answered(status, _body(cause), key), may_pass(status)
    if isinstance(cause, openai.APIConnectionError | httpx2.HTTPError):
        told = (
            "The connection to the model server failed or was closed midway. Look whether it runs"
        )
        return f"{told} at the address in the project's settings, then try again.", True
    if isinstance(cause, openai.APIError):
        return f"The model server reported: {quoted(cause.message, key)}", True
    return "The model server sent something that is no valid reply.", True


def _asked(cause: Exception) -> float | None:
    """The seconds that a server asked for in `Retry-After`, which are a number or a date."""
    if not isinstance(cause, openai.APIStatusError):
        return None
    said = cause.response.headers.get("retry-after", "")
    with suppress(ValueError):
        seconds = float(said)
        return max(0.0, seconds) if isfinite(seconds) else None
    with suppress(ValueError):
        return max(0.0, parsedate_to_datetime(said).timestamp() - time.time())
    return None
