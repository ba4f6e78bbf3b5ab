"""What stands between the network and the routes.

Promises: every response carries the headers that forbid inline script, framing and sniffing; no
request body grows past its limit; a request that changes something comes from a page of ours: its
`Origin` and `Sec-Fetch-Site` agree and it carries the token that belongs to the session's cookie.

The token is a keyed hash under the cookie's value: it needs no storage and dies with the session.
Each response masks it anew, so that pages can be compressed: a secret that stood in many of them
beside words from their address could be guessed from their lengths (BREACH).
A visitor who has not logged in has a random cookie too, so the login form is protected alike.
Below `API` there are no cookies, and so nothing that another site could have a browser send along:
who comes in there shows a token (`app.web.api.gate`), and no origin is asked for.

Not here: who somebody is and what they may do (`app.web.deps`). The middleware is asynchronous
because ASGI is; it awaits nothing but the next application.
"""

import hashlib
import hmac
import re
import secrets

from fastapi import Request, Response
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.errors import NotAllowed
from app.core.language import _
from app.settings import Settings

API = "/api/v1"
COOKIE = "calm_session"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_FORM_LIMIT = 2 * 2**20
_CSRF_BYTES = 32
_MASKED = re.compile(rf"[0-9a-f]{{{4 * _CSRF_BYTES}}}")
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class Shield:
    """ASGI middleware: headers, size limits, the origin of a request, and a visitor's cookie."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers, api = Headers(scope=scope), scope["path"].startswith(f"{API}/")
        new_cookie = None if api else _give_token(scope, headers)
        limit = self._limit(scope["path"])

        async def guarded_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._dress(MutableHeaders(scope=message), scope, new_cookie)
            await send(message)

        refusal = None if api else _refusal(scope["method"], headers, limit)
        if refusal:
            await refusal(scope, receive, guarded_send)
            return
        await self.app(scope, _limited(receive, limit), guarded_send)

    def _limit(self, path: str) -> int:
        takes_files = path.endswith(("/import", "/imports/file"))
        return self.settings.upload_mb * 2**20 if takes_files else _FORM_LIMIT

    def _dress(self, headers: MutableHeaders, scope: Scope, cookie: str | None) -> None:
        for name, value in _HEADERS.items():
            headers.setdefault(name, value)
        static = scope["path"].startswith("/static/")
        headers.setdefault("Cache-Control", _cache_rule(scope) if static else "no-store")
        if cookie and not static and "set-cookie" not in headers:
            headers.append("Set-Cookie", _cookie_line(cookie, self.settings))


def session_token(request: Request) -> str:
    """The value of the session's cookie; a fresh one for a new visitor."""
    token: str = request.scope["calm_token"]
    return token


def csrf_token(request: Request) -> str:
    """The token that forms and htmx send back: of the session's cookie, under a mask of its own."""
    mask = secrets.token_bytes(_CSRF_BYTES)
    return (mask + _xor(mask, _csrf_of(request))).hex()


async def check_csrf(request: Request) -> None:
    """For every route: refuse a change that does not carry the token. Raises NotAllowed.

    Asynchronous because a form without JavaScript carries the token in its body.
    """
    if request.method in SAFE_METHODS:
        return
    given = request.headers.get("X-CSRF-Token") or (await request.form()).get("csrf")
    if not hmac.compare_digest(_unmasked(given), _csrf_of(request)):
        raise NotAllowed(_("This page was too old or not ours. Load it again and try once more."))


def set_session(response: Response, token: str, settings: Settings) -> None:
    """Hand a session's token to the browser."""
    response.headers.append("Set-Cookie", _cookie_line(token, settings))


def _cookie_line(token: str, settings: Settings) -> str:
    age = settings.session_days * 24 * 3600
    secure = "; Secure" if settings.secure_cookies else ""
    return f"{COOKIE}={token}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{secure}"


def _csrf_of(request: Request) -> bytes:
    key = session_token(request).encode()
    return hmac.new(key, b"calm-studio csrf", hashlib.sha256).digest()


def _unmasked(given: object) -> bytes:
    if not isinstance(given, str) or not _MASKED.fullmatch(given):
        return b""
    mask, masked = given[: 2 * _CSRF_BYTES], given[2 * _CSRF_BYTES :]
    return _xor(bytes.fromhex(mask), bytes.fromhex(masked))


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))


def _give_token(scope: Scope, headers: Headers) -> str | None:
    """Put the session's token into the scope; returns it if the browser has yet to be told."""
    known = cookie_parser(headers.get("cookie", "")).get(COOKIE)
    scope["calm_token"] = known or secrets.token_urlsafe(32)
    return None if known else scope["calm_token"]


def _refusal(method: str, headers: Headers, limit: int) -> Response | None:
    if method not in SAFE_METHODS and not _same_origin(headers):
        return PlainTextResponse(_("This request came from another site."), 403)
    length = headers.get("content-length", "0")
    if not length.isdigit() or int(length) > limit:
        return PlainTextResponse(
            _("At most %(limit)s MB can be sent here.", limit=limit // 2**20), 413
        )
    return None


def _same_origin(headers: Headers) -> bool:
    # A browser that sends neither header is too old to be attacked this way without the token.
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = headers.get("origin")
    return origin is None or origin.partition("://")[2] == headers.get("host")


def _limited(receive: Receive, limit: int) -> Receive:
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise HTTPException(413)
        return message

    return counted


def _cache_rule(scope: Scope) -> str:
    # Addresses with a version change with their content; the rest is asked for again.
    fixed = b"v=" in scope["query_string"] or "/vendor/" in scope["path"]
    return "public, max-age=31536000, immutable" if fixed else "no-cache"
