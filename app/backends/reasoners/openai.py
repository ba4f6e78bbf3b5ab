"""The Reasoner behind any OpenAI-compatible server.

`completions` is the exact way: the model's own chat template is applied here, and the server goes
on with the bytes of the path. `chat` asks it to continue the last message, in its dialect;
`restart` shows the path in a new turn. `app.backends.reasoners.probe` finds out which one works.

Promises: the same bytes whether a server keeps or drops the stop string; every reply has an end,
also one that never stops; every failure is a ReasonerError in plain words, and none holds the key.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from openai import OpenAI, Stream
from pydantic import ConfigDict, Field, ValidationError

from app.backends.http import BASE_URL, client, failures
from app.backends.reasoners.base import (
    Chunk,
    Continuation,
    End,
    Finish,
    ReasonerError,
    Replies,
    Request,
    Usage,
)
from app.backends.reasoners.dialects import REASONING, Dialect, continued, opening, restarted
from app.backends.reasoners.fence import STOP, FenceWatch
from app.backends.reasoners.tokenizer import count_tokens, load_tokenizer, render
from app.core.errors import Invalid
from app.core.fences import THINK_END
from app.core.model import Frozen
from app.core.trace import text_of

_CHARACTERS_PER_TOKEN = 16
"""More than any tokenizer's average: a server past this many for its limit does not stop."""
_DRAINED = 16
"""Parts read behind a program's end, for the usage that a server sends last."""


class Server(Frozen):
    """A project's settings for this Reasoner.

    `tokenizer` is a local folder or a hub id, needed for `completions`; `extra` goes into the body
    of each request as it is, for what only some servers know (`top_k`, `return_token_ids`).
    `timeout` is in seconds, for each read.
    """

    # A project's settings hold more than the server's: the entry's name, how replies are drawn.
    model_config = ConfigDict(extra="ignore")

    base_url: str = Field(pattern=BASE_URL)
    model: str = Field(min_length=1)
    mode: Literal["completions", "chat", "restart"] = "completions"
    dialect: Dialect = "vllm"
    tokenizer: str = ""
    timeout: float = Field(120, gt=0, allow_inf_nan=False)
    extra: dict[str, Any] = Field(default_factory=dict)


class Part(NamedTuple):
    """What one event of a stream says; `hit`: the server says that it met the stop string."""

    text: str = ""
    token_ids: tuple[int, ...] | None = None
    finish: str | None = None
    hit: bool = False
    usage: Usage | None = None


def make(config: Mapping[str, Any], key: str = "") -> "OpenAIReasoner":
    """A Reasoner from a project's settings. Raises Invalid where they can't be used."""
    return OpenAIReasoner(server_of(config), key)


def server_of(config: Mapping[str, Any]) -> Server:
    """The settings, checked. Raises Invalid."""
    try:
        server = Server.model_validate(dict(config))
    except ValidationError as error:
        wrong = ", ".join(".".join(map(str, one["loc"])) for one in error.errors())
        raise Invalid(f"The model server's settings can't be used: {wrong}.") from None
    if server.mode == "completions" and not server.tokenizer:
        raise Invalid("The mode completions needs the model's tokenizer: a folder or a hub id.")
    return server


class OpenAIReasoner:
    """Continues paths on one server, with one model."""

    def __init__(self, server: Server, key: str = "") -> None:
        self.server = server
        self.name = server.model
        self.continuation: Continuation = server.mode
        self._key = key
        self._client: OpenAI = client(server.base_url, key, server.timeout)

    def write(self, request: Request) -> Replies:
        """Go on with the path, streaming. Raises ReasonerError."""
        with failures(self._key, lambda told, again: ReasonerError(told, retryable=again)):
            stream = self._open(request)
            try:
                yield from _until_fence(self._parts(stream, request), request)
            finally:
                stream.close()

    def count(self, text: str) -> int | None:
        """Tokens by the model's tokenizer, where the settings name one."""
        name = self.server.tokenizer
        return count_tokens(load_tokenizer(name), text) if name else None

    def _open(self, request: Request) -> Stream[Any]:
        fields = self._fields(request)
        if self.server.mode == "completions":
            tokenizer = load_tokenizer(self.server.tokenizer)
            prompt = render(tokenizer, opening(request), text_of(request.path))
            stream: Stream[Any] = self._client.completions.create(prompt=prompt, **fields)
        else:
            chat = self.server.mode == "chat"
            body = continued(request, self.server.dialect) if chat else restarted(request)
            extra = body.pop("extra_body", {}) | fields.pop("extra_body")
            stream = self._client.chat.completions.create(**body, **fields, extra_body=extra)
        kind = stream.response.headers.get("content-type", "")
        if "event-stream" not in kind:
            stream.close()
            told = f"The model server answered with {kind or 'no type'} instead of a stream."
            raise ReasonerError(told, retryable=True)
        return stream

    def _fields(self, request: Request) -> dict[str, Any]:
        sampling = request.sampling
        seed = {} if sampling.seed is None else {"seed": sampling.seed}
        return {
            "model": self.server.model,
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            "max_tokens": sampling.max_tokens,
            "stop": [STOP],
            "stream": True,
            "stream_options": {"include_usage": True},
            "extra_body": dict(self.server.extra),
            **seed,
        }

    def _parts(self, stream: Stream[Any], request: Request) -> Iterator[Part]:
        if self.server.mode == "completions":
            return map(_completion_part, stream)
        thinks = self.server.mode == "chat" and self.server.dialect in REASONING
        text = text_of(request.path)
        return _chat_parts(stream, thinking=thinks and bool(text) and THINK_END not in text)


def _completion_part(event: Any) -> Part:
    if not event.choices:
        return Part(usage=_usage(event))
    return _part(event, event.choices[0], event.choices[0].text)


def _chat_parts(stream: Stream[Any], *, thinking: bool) -> Iterator[Part]:
    """Events of a chat; the thinking that a server keeps apart is put back before the rest."""
    for event in stream:
        if not event.choices:
            yield Part(usage=_usage(event))
            continue
        delta = event.choices[0].delta
        thought = getattr(delta, "reasoning_content", None) or getattr(delta, "reasoning", None)
        text = thought or ""
        thinking = thinking or bool(thought)
        if delta.content and thinking:
            text, thinking = f"{text}\n{THINK_END}\n\n", False
        yield _part(event, event.choices[0], text + (delta.content or ""))


def _part(event: Any, choice: Any, text: str | None) -> Part:
    ids = getattr(choice, "token_ids", None)
    return Part(
        text=_clean(text or ""),
        token_ids=tuple(ids) if ids else None,
        finish=choice.finish_reason,
        hit=getattr(choice, "stop_reason", None) == STOP,
        usage=_usage(event),
    )


def _usage(event: Any) -> Usage | None:
    counted = event.usage
    if counted is None:
        return None
    details = getattr(counted, "prompt_tokens_details", None)
    return Usage(
        prompt_tokens=counted.prompt_tokens,
        completion_tokens=counted.completion_tokens,
        cached_tokens=getattr(details, "cached_tokens", None),
    )


def _until_fence(parts: Iterator[Part], request: Request) -> Replies:
    """Chunks up to the line that closes a program, and the End."""
    before = request.path[-1].text if request.path and request.path[-1].kind == "thought" else ""
    watch, tail, said = FenceWatch(before), "", Part()
    room = request.sampling.max_tokens * _CHARACTERS_PER_TOKEN
    for part in parts:
        said = part._replace(
            finish=part.finish or said.finish,
            hit=part.hit or said.hit,
            usage=part.usage or said.usage,
        )
        cut = watch.cut(part.text)
        if part.text:
            whole = cut is None or cut == len(part.text)
            yield Chunk(part.text[:cut], part.token_ids if whole else None)
        tail, room = (tail + part.text)[-len(STOP) :], room - len(part.text)
        if cut is not None:
            yield End("fence", _last_usage(parts, said.usage))
            return
        if room < 0:
            yield End("length", said.usage or Usage(), "The server did not stop at its limit.")
            return
    yield from _ending(said, watch, tail)


def _ending(said: Part, watch: FenceWatch, tail: str) -> Replies:
    """What is missing of a stream that came to its end, and the End."""
    usage = said.usage or Usage()
    if said.finish is None:
        told = "The model server ended its reply without saying why."
        raise ReasonerError(told, retryable=True)
    if said.finish == "length":
        yield End("length", usage)
        return
    missing = watch.missing() or (STOP if said.hit else "")
    if missing:
        yield Chunk(missing)
    finish: Finish = "fence" if missing or tail.endswith(STOP) else "stop"
    yield End(finish, usage)


def _last_usage(parts: Iterator[Part], usage: Usage | None) -> Usage:
    """The usage that a server sends with or behind the last text."""
    for part, _ in zip(parts, range(_DRAINED), strict=False):
        usage = part.usage or usage
    return usage or Usage()


def _clean(text: str) -> str:
    """Without what no database or file takes: NUL and lone surrogates."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")
