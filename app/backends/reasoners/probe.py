"""Which way of continuing a server honours, found by asking rather than by its name.

A request for one token is sent with a path that is begun; where the server's count of prompt
tokens equals that of the locally rendered prompt, the server saw exactly that prompt.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import openai

from app.backends.http import client, failures
from app.backends.reasoners.base import Continuation, ReasonerError, Request
from app.backends.reasoners.dialects import Dialect, continued, opening
from app.backends.reasoners.openai import Server
from app.backends.reasoners.tokenizer import count_tokens, load_tokenizer, render
from app.core.model import Frozen
from app.core.trace import Step, text_of

_REQUEST = Request(
    question="How many apples are there?",
    system="Think first.",
    path=(Step(kind="thought", author="reasoner", text="<think>\nLet me count them. One,"),),
)
_DIALECTS: tuple[Dialect, ...] = ("vllm", "llama.cpp", "deepseek", "mistral")


class Probe(Frozen):
    """The way that was found, and in `detail` what each attempt said."""

    mode: Continuation
    dialect: Dialect | None = None
    detail: str


def probe(server: Server, key: str = "") -> Probe:
    """The first way that is exact, else `restart`. Raises ReasonerError where nobody answers."""
    if not server.tokenizer:
        return Probe(mode="restart", detail="Without a tokenizer no continuation can be checked.")
    tokenizer = load_tokenizer(server.tokenizer)
    wanted = count_tokens(tokenizer, render(tokenizer, opening(_REQUEST), text_of(_REQUEST.path)))
    said = []
    with failures(key, lambda told, again: ReasonerError(told, retryable=again)):
        for mode, dialect, path, body in _attempts(server, tokenizer):
            counted = _prompt_tokens(server, key, path, body)
            name = f"{mode} {dialect}" if dialect else mode
            said.append(f"{name}: {counted}, wanted {wanted}")
            if counted == wanted:
                return Probe(mode=mode, dialect=dialect, detail="; ".join(said))
    return Probe(mode="restart", detail="; ".join(said))


def _attempts(
    server: Server, tokenizer: Any
) -> Iterator[tuple[Continuation, Dialect | None, str, dict[str, Any]]]:
    prompt = render(tokenizer, opening(_REQUEST), text_of(_REQUEST.path))
    yield "completions", None, "/completions", {"prompt": prompt}
    for dialect in _DIALECTS:
        body = continued(_REQUEST, dialect)
        yield "chat", dialect, "/chat/completions", body.pop("extra_body", {}) | body


def _prompt_tokens(server: Server, key: str, path: str, body: Mapping[str, Any]) -> int | str:
    """The server's count, or the status with which it refused."""
    whole = {"model": server.model, "max_tokens": 1, **server.extra, **body}
    try:
        reply = client(server.base_url, key, server.timeout).post(path, cast_to=dict, body=whole)
    except openai.APIStatusError as error:
        return f"refused with {error.status_code}"
    usage = reply.get("usage") if isinstance(reply, dict) else None
    counted = usage.get("prompt_tokens") if isinstance(usage, dict) else None
    return counted if isinstance(counted, int) else "no count"
