"""What the events of an OpenAI-compatible server's stream say, part by part.

Promises: one shape for completions and chats, and for servers that name things differently;
thinking that a server keeps apart is put back before the rest. An event of another shape raises
what Python raises for it; `app.backends.http.failures` makes that a failure in plain words.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from app.backends.reasoners.base import Usage
from app.backends.reasoners.fence import STOP
from app.core.fences import THINK_END

IDS = {
    "return_token_ids": True,
    "include_stop_str_in_output": True,  # vLLM keeps the stop string
    "no_stop_trim": True,  # and so does SGLang
}
"""What asks for token ids. With the stop string kept, no text lags behind its ids."""

_MOST = 2**31
"""No token id and no count of tokens is as large; databases take none larger."""


class Part(NamedTuple):
    """What one event of a stream says; `hit`: the server says that it met the stop string.

    `model` is the name that the server gives itself.
    """

    text: str = ""
    token_ids: tuple[int, ...] | None = None
    finish: str | None = None
    hit: bool = False
    usage: Usage | None = None
    model: str = ""


def completion_parts(stream: Iterable[Any]) -> Iterator[Part]:
    """The events of a completion."""
    for event in stream:
        yield (
            _part(event, event.choices[0], event.choices[0].text) if event.choices else _end(event)
        )


def chat_parts(stream: Iterable[Any], *, thinking: bool) -> Iterator[Part]:
    """Events of a chat; the thinking that a server keeps apart is put back before the rest."""
    for event in stream:
        if not event.choices:
            yield _end(event)
            continue
        delta = event.choices[0].delta
        thought = getattr(delta, "reasoning_content", None) or getattr(delta, "reasoning", None)
        text = thought or ""
        thinking = thinking or bool(thought)
        if delta.content and thinking:
            text, thinking = f"{text}\n{THINK_END}\n\n", False
        yield _part(event, event.choices[0], text + (delta.content or ""))


def usage_of(said: Any) -> Usage | None:
    """What a server counted; what it took from its cache stands in one of two places."""
    if said is None:
        return None
    details = getattr(said, "prompt_tokens_details", None)
    cached = getattr(details, "cached_tokens", None)
    if cached is None:
        cached = getattr(said, "prompt_cache_hit_tokens", None)
    return Usage(
        prompt_tokens=counted(said.prompt_tokens),
        completion_tokens=counted(said.completion_tokens),
        cached_tokens=counted(cached),
    )


def clean(text: str) -> str:
    """Without what no database or file takes: NUL and lone surrogates."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def _end(event: Any) -> Part:
    return Part(usage=usage_of(event.usage), model=_model(event))


def _part(event: Any, choice: Any, text: str | None) -> Part:
    ids = getattr(choice, "token_ids", None)
    return Part(
        text=clean(text or ""),
        token_ids=_ids(ids),
        finish=choice.finish_reason,
        hit=getattr(choice, "stop_reason", None) == STOP,
        usage=usage_of(event.usage),
        model=_model(event),
    )


def _ids(said: Any) -> tuple[int, ...] | None:
    """The token ids of a piece; None for none, and for what no tokenizer has."""
    ids = said if isinstance(said, list) else []
    return tuple(ids) if ids and all(type(id) is int and 0 <= id < _MOST for id in ids) else None


def counted(said: Any) -> int | None:
    """A number of tokens; None for none, and for what counts nothing."""
    return said if type(said) is int and 0 <= said < _MOST else None


def _model(event: Any) -> str:
    return event.model if isinstance(event.model, str) else ""
