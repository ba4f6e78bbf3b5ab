"""One client for OpenAI-compatible servers, and its failures in plain words without the key."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx2
import openai
from openai import OpenAI

BASE_URL = r"^https?://[^\s@/?#]+(/[^\s@?#]*)?$"
"""An address without name, password or query: it stands in pages and events, where no key may."""
_SHOWN = 300
_AGAIN = frozenset({408, 409, 425, 429})
_MALFORMED = (ValueError, TypeError, AttributeError, LookupError)
"""What reading a reply raises that has another shape than the API's: the SDK does not check it."""
Raise = Callable[[str, bool], Exception]


def client(base_url: str, key: str, timeout: float) -> OpenAI:
    """A client of one server. Without a key it sends a word that is none."""
    return OpenAI(base_url=base_url, api_key=key or "none", timeout=timeout)


@contextmanager
def failures(key: str, error: Raise) -> Iterator[None]:
    """Raise `error(message, retryable)` for whatever goes wrong with the server in the block."""
    try:
        yield
    except (openai.OpenAIError, httpx2.HTTPError, *_MALFORMED) as cause:
        message, retryable = _told(cause)
        hidden = message.replace(key, "[key]") if key else message
        raise error(hidden, retryable) from None


def _told(cause: Exception) -> tuple[str, bool]:
    """What happened, and whether trying again may help."""
    if isinstance(cause, openai.APITimeoutError | httpx2.TimeoutException):
        return "The model server did not answer in time.", True
    if isinstance(cause, openai.APIStatusError):
        status = cause.status_code
        said = " ".join(cause.message.split())[:_SHOWN]
        return f"The model server answered {status}: {said}", status >= 500 or status in _AGAIN
    if isinstance(cause, openai.APIConnectionError | httpx2.HTTPError):
        return "The connection to the model server failed or was closed midway.", True
    if isinstance(cause, openai.APIError):
        return f"The model server reported: {cause.message[:_SHOWN]}", True
    return "The model server sent something that is no valid reply.", True
