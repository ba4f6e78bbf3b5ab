"""One small request to a server, whole or streamed, and what it answered."""

from collections.abc import Mapping
from contextlib import closing
from typing import Any, NamedTuple

import openai

from app.backends.http import client
from app.backends.reasoners.base import Usage
from app.backends.reasoners.replies import unechoed
from app.backends.reasoners.server import Server
from app.backends.reasoners.stream import Part, chat_parts, completion_parts

_SHOWN = 120


class Refusal(NamedTuple):
    """A request that the server did not take, and its words; below 400 it sent no reply of its own.

    A web page that stands in for a server answers everything, with 200.
    """

    status: int
    words: str

    def __str__(self) -> str:
        did = "refused" if self.status >= 400 else "answered"
        return f"{did} with {self.status}" + (f" ({self.words})" if self.words else "")


class Heard(NamedTuple):
    """A whole stream: its text, its token ids where every text came with some, its usage."""

    text: str
    token_ids: tuple[int, ...] | None
    usage: Usage | None


class Asker:
    """Asks one server. What does not come, or comes as no reply, raises what the SDK raises."""

    def __init__(self, server: Server, key: str = "") -> None:
        self.server = server
        self._client = client(server.base_url, key, server.timeout)

    def whole(self, path: str, body: Mapping[str, Any]) -> dict[str, Any] | Refusal:
        """The reply's JSON; `path` is behind the server's address, or an address of its own."""
        sent = {"model": self.server.model, **self.server.extra, **body}
        try:
            reply = self._client.post(path, cast_to=dict, body=sent)
        except openai.APIStatusError as error:
            return _refusal(error)
        return reply if isinstance(reply, dict) else Refusal(200, _other(reply))

    def models(self) -> list[dict[str, Any]] | Refusal:
        """The models that the server lists, as it describes them."""
        try:
            reply = self._client.get("/models", cast_to=dict)
        except openai.APIStatusError as error:
            return _refusal(error)
        listed = reply.get("data") if isinstance(reply, dict) else None
        return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []

    def properties(self, address: str) -> dict[str, Any]:
        """The JSON at an address, empty where there is none."""
        try:
            reply = self._client.get(address, cast_to=dict)
        except (openai.APIStatusError, ValueError):
            return {}
        return reply if isinstance(reply, dict) else {}

    def streamed(self, body: Mapping[str, Any]) -> Heard | Refusal:
        """A streamed reply; `body` has a `prompt`, or the `messages` of a chat."""
        whole = {"model": self.server.model, "stream": True, **self.server.extra, **body}
        chat = "messages" in whole
        names = ("model", "stream", "messages" if chat else "prompt")
        known: dict[str, Any] = {name: whole.pop(name) for name in names}
        route = self._client.chat.completions if chat else self._client.completions
        try:
            stream = route.create(**known, extra_body=whole)
        except openai.APIStatusError as error:
            return _refusal(error)
        with closing(stream):
            parts = completion_parts(stream)
            if chat:
                parts = unechoed(chat_parts(stream, thinking=False), _begun(known["messages"][-1]))
            return _heard(list(parts))


def _other(reply: Any) -> str:
    """What came instead of a JSON object; what is no JSON at all comes as text."""
    return "a web page" if str(reply).lstrip().startswith("<") else "no JSON object"


def _begun(last: Mapping[str, Any]) -> str:
    """What the last message of a chat begins with, where it is one to go on with."""
    return str(last["content"]) if last.get("prefix") else ""


def _refusal(error: openai.APIStatusError) -> Refusal:
    html = "<" in error.message[:200] or error.status_code in (404, 405)
    return Refusal(error.status_code, "" if html else " ".join(error.message.split())[:_SHOWN])


def _heard(parts: list[Part]) -> Heard:
    told = [part for part in parts if part.text]
    whole = bool(told) and all(part.token_ids for part in told)
    ids = tuple(one for part in parts for one in part.token_ids or ()) if whole else None
    usage = next((part.usage for part in reversed(parts) if part.usage), None)
    return Heard("".join(part.text for part in parts), ids, usage)
