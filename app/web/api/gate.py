"""What stands before every route of the API: the token, the rate limit, and keys of requests.

Promises: nobody comes in without `Authorization: Bearer …`, whatever cookie they send; a POST with
an `Idempotency-Key` is carried out once, and every answer to it is the first one. An error that
nobody foresaw is an answer too. Asynchronous because ASGI is: the database is asked in threads.
"""

import hashlib
from collections.abc import Awaitable, Callable

from fastapi import Request, Response
from python_multipart.multipart import parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.actions.accounts import digest
from app.actions.answer_once import Answer, begin_once, finish_once
from app.actions.ports import Ports
from app.actions.tokens import actor_of_bearer
from app.core.errors import NotIdentified
from app.core.language import _
from app.core.roles import Actor
from app.web.api.errors import problem, problem_for
from app.web.api.rate import count_request

OPENAPI = "/openapi.json"
_CACHE = "cache-control"
_KEPT_HEADERS = ("content-type", "etag", "location", "www-authenticate", "retry-after", _CACHE)
_REPLAYED = "Idempotency-Replayed"
Run = Callable[[Receive, Send], Awaitable[None]]


class Gate:
    """ASGI middleware around the API; the document that describes it is open to all."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or answer why not."""
        if scope["type"] != "http" or scope["path"].removeprefix(scope["root_path"]) == OPENAPI:
            await self.app(scope, receive, send)
            return
        begun, told = False, dict[str, str]()

        async def dressed(message: Message) -> None:
            nonlocal begun
            begun = True
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(told)
            await send(message)

        try:
            await self._let_in(scope, receive, dressed, told)
        except Exception as error:
            if begun:
                raise
            await problem_for(Request(scope), error)(scope, receive, dressed)

    async def _let_in(
        self, scope: Scope, receive: Receive, send: Send, told: dict[str, str]
    ) -> None:
        ports, headers = scope["app"].state.ports, Headers(scope=scope)
        actor, counted = await run_in_threadpool(_admit, ports, headers)
        told.update(counted)
        scope["calm_actor"] = actor
        key = headers.get("idempotency-key") if scope["method"] == "POST" else None
        if key is None:
            await self.app(scope, receive, send)
        else:
            await self._once(scope, receive, send, key)

    async def _once(self, scope: Scope, receive: Receive, send: Send, key: str) -> None:
        body = await Request(scope, receive).body()
        engine, token = scope["app"].state.ports.engine, scope["calm_actor"].token
        asked = _hash(scope, body)
        first = await run_in_threadpool(begin_once, engine, token, key, asked)
        if first is not None:
            headers = first.headers | {_REPLAYED: "true"}
            await Response(first.body, first.status, headers)(scope, receive, send)
            return
        answer = await self._answer(scope, body)
        await run_in_threadpool(finish_once, engine, token, key, _to_keep(answer))
        await Response(answer.body, answer.status, answer.headers)(scope, receive, send)

    async def _answer(self, scope: Scope, body: bytes) -> Answer:
        """Carry a request out and give the whole answer; an error is one too."""
        start: Message = {}
        pieces: list[bytes] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            start.update(message if message["type"] == "http.response.start" else {})
            pieces.append(message.get("body", b""))

        try:
            await self.app(scope, receive, send)
        except Exception as error:
            start.clear()
            pieces.clear()
            await problem_for(Request(scope), error)(scope, receive, send)
        headers = Headers(raw=start["headers"])
        kept = {name: headers[name] for name in _KEPT_HEADERS if name in headers}
        return Answer(status=start["status"], headers=kept, body=b"".join(pieces))


def _to_keep(answer: Answer) -> Answer:
    """What is answered again; not what is shown once, such as a token: no table holds it."""
    if answer.headers.get(_CACHE) != "no-store":
        return answer
    told = problem(409, _("This was done, and what it showed is shown once."), "shown-once")
    return Answer(status=told.status_code, headers=dict(told.headers), body=bytes(told.body))


def _admit(ports: Ports, headers: Headers) -> tuple[Actor, dict[str, str]]:
    scheme, _space, bearer = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not bearer:
        raise NotIdentified(_("Send a token: Authorization: Bearer …"))
    bearer = bearer.strip()
    actor = actor_of_bearer(ports.engine, bearer)
    return actor, count_request(digest(bearer), ports.settings.api_rate)


def _hash(scope: Scope, body: bytes) -> str:
    """Of all that a request asks for: the same again is the same request."""
    asked = (scope["method"].encode(), scope["path"].encode(), scope["query_string"])
    return hashlib.sha256(b"\0".join((*asked, _told(scope, body)))).hexdigest()


def _told(scope: Scope, body: bytes) -> bytes:
    """The body; a form's without the boundary, which clients make up anew for each request."""
    kind, options = parse_options_header(Headers(scope=scope).get("content-type"))
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        return body
    return body.replace(b"--" + options[b"boundary"], b"--")
