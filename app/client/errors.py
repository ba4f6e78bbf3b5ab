"""What can go wrong between a program and a server, as one exception.

`code` is for programs: one of docs/api.md, or one of these where no answer of the API came:
`unreachable`, `untrusted` (its certificate), `barred` (by a proxy), `not-calm` (something else
answers there), `unknown-answer`, `damaged`.
"""

import ssl
from typing import Any

import httpx2

from app.core.errors import CalmError

PROBLEM = "application/problem+json"


class ApiError(CalmError):
    """Why a request was not done; `fields` are the places that can't be read, each with a reason.

    `status` is None where no answer came, and `after` the seconds that the server asks for.
    """

    def __init__(
        self,
        code: str,
        detail: str,
        status: int | None = None,
        fields: tuple[tuple[str, str], ...] = (),
        after: float | None = None,
    ) -> None:
        super().__init__("; ".join([detail, *(f"{place}: {why}" for place, why in fields)]))
        self.code, self.detail, self.status = code, detail, status
        self.fields, self.after = fields, after


def error_in(response: httpx2.Response, server: str) -> ApiError | None:
    """What an answer says is wrong; its body is read where something is. None for a success."""
    if response.is_success or response.status_code == 304:
        return None
    if media_type(response) != PROBLEM:
        return _foreign(response, server)
    response.read()
    try:
        told = response.json()
        fields = tuple((str(each["place"]), str(each["message"])) for each in told["fields"])
        return ApiError(
            str(told["code"]), str(told["detail"]), response.status_code, fields, _after(response)
        )
    except (ValueError, KeyError, TypeError):
        return _foreign(response, server)


def not_calm(response: httpx2.Response, server: str) -> ApiError:
    """That something else answers there."""
    what = f"{response.status_code} {media_type(response) or 'without a type'}"
    detail = f"{server} is no CALM Studio server: it answered {what}."
    return ApiError("not-calm", detail, response.status_code)


def unreachable(error: httpx2.HTTPError, server: str) -> ApiError:
    """That no answer came, and why."""
    if certificate := _cause(error, ssl.SSLError):
        why = getattr(certificate, "verify_message", "") or getattr(certificate, "reason", "")
        return ApiError("untrusted", f"{server} has no certificate to be trusted: {why}.")
    if isinstance(error, httpx2.ProxyError):
        return ApiError("barred", f"The proxy lets nothing through to {server}: {error}.")
    if isinstance(error, httpx2.TimeoutException):
        return ApiError("unreachable", f"{server} did not answer in time.")
    return ApiError("unreachable", f"{server} can't be reached: {error or type(error).__name__}.")


def media_type(response: httpx2.Response) -> str:
    """What kind of thing an answer is."""
    return str(response.headers.get("content-type", "")).partition(";")[0].strip().lower()


def _foreign(response: httpx2.Response, server: str) -> ApiError:
    """An answer that is no success and not the API's: of a proxy, or of something else."""
    status = response.status_code
    if response.is_redirect:
        target = str(response.headers.get("location", ""))[:200]
        return ApiError("not-calm", f"{server} leads on to {target}: name that one.", status)
    if status == 429 or status >= 500:
        detail = f"{server} can't answer now: {status} {response.reason_phrase}."
        return ApiError("unreachable", detail, status, after=_after(response))
    if status == 413:
        return ApiError("content-too-large", f"That is more than {server} takes at once.", status)
    return not_calm(response, server)


def _after(response: httpx2.Response) -> float | None:
    told = str(response.headers.get("retry-after", ""))
    return float(told) if told.isdecimal() else None


def _cause(error: BaseException | None, kind: type[BaseException]) -> Any:
    while error is not None and not isinstance(error, kind):
        error = error.__cause__ or error.__context__
    return error
