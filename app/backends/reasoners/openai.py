"""The Reasoner behind any OpenAI-compatible server.

`completions` is the exact way: the model's own chat template is applied here, and the server goes
on with the bytes of the path, or with their token ids where it takes and gives them. `chat` asks it
to continue the last message, in its dialect; `restart` shows the path in a new turn.
`app.backends.reasoners.probe` finds out which one works, and what else the server can do.

Promises: nothing is asked for that the server was found to refuse; every failure is a ReasonerError
in plain words, and none holds the key.
"""

import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from typing import Any

from openai import OpenAI, Stream

from app.backends.http import TOO_LONG, client, failures
from app.backends.line import Line, on_line
from app.backends.reasoners import ollama
from app.backends.reasoners.abilities import Abilities, Ability, abilities_of
from app.backends.reasoners.base import Continuation, End, ReasonerError, Replies, Request
from app.backends.reasoners.dialects import REASONING, continued, opening, restarted
from app.backends.reasoners.fence import STOP
from app.backends.reasoners.replies import unechoed, until_fence
from app.backends.reasoners.server import Server, server_of
from app.backends.reasoners.stream import IDS, Part, chat_parts, completion_parts
from app.backends.reasoners.tokenizer import (
    count_tokens,
    for_text,
    load_tokenizer,
    opened,
    prompt_ids,
)
from app.core.fences import THINK_END
from app.core.trace import text_of


def make(config: Mapping[str, Any], key: str = "") -> "OpenAIReasoner":
    """A Reasoner from a project's settings. Raises Invalid where they can't be used."""
    return OpenAIReasoner(server_of(config), key, abilities_of(config))


class OpenAIReasoner:
    """Continues paths on one server, with one model; `abilities` are what it was found to do."""

    def __init__(self, server: Server, key: str = "", abilities: Abilities | None = None) -> None:
        self.server = server
        self.name = server.model
        self.continuation: Continuation = server.mode
        self._key = key
        self._abilities = abilities
        self._client: OpenAI = client(server.base_url, key, server.timeout)

    def write(self, request: Request) -> Replies:
        """Go on with the path, streaming. Raises ReasonerError."""
        limited = failures(self._key, ReasonerError, self.server.deadline)
        with limited as line, self._parts(request, line) as parts:
            for item in until_fence(parts, request):
                yield self._noted(item) if isinstance(item, End) else item

    def count(self, text: str) -> int | None:
        """Tokens by the model's tokenizer, where the settings name one."""
        name = self.server.tokenizer
        return count_tokens(load_tokenizer(name), text) if name else None

    @contextmanager
    def _parts(self, request: Request, line: Line) -> Iterator[Iterator[Part]]:
        """The server's reply, part by part, while the block runs.

        It is asked for on the line, and read wherever the block is.
        """
        with ExitStack() as stack:
            with on_line(line):
                parts = stack.enter_context(self._asked(request))
            yield parts

    @contextmanager
    def _asked(self, request: Request) -> Iterator[Iterator[Part]]:
        if self.server.native:
            prompt = self._prompt(request)
            with ollama.opened(self.server, self._key, str(prompt), request.sampling) as parts:
                yield parts
            return
        with closing(self._open(request)) as stream:
            if self.server.mode == "completions":
                yield completion_parts(stream)
            else:
                parts = chat_parts(stream, thinking=self._thinks(request))
                yield unechoed(parts, text_of(request.path) if self._is_mistral else "")

    def _noted(self, end: End) -> End:
        """The End, which says so where another model wrote than was asked for."""
        asked, wrote = (name.rpartition("/")[2].lower() for name in (self.name, end.model))
        if asked in wrote or not wrote or wrote in asked:
            return end
        told = f"The server says that {end.model[:200]} wrote this, not {self.name}."
        return end._replace(detail=f"{end.detail} {told}".strip())

    def _open(self, request: Request) -> Stream[Any]:
        fields = self._fields(request)
        if self.server.mode == "completions":
            prompt = self._prompt(request)
            fields["max_tokens"] = min(fields["max_tokens"], self._room(prompt))
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

    def _prompt(self, request: Request) -> str | list[int]:
        """The template and the path, as token ids where the server takes them, else in words."""
        tokenizer = load_tokenizer(self.server.tokenizer)
        text = text_of(request.path)
        start = opened(tokenizer, opening(request), text)
        if self._can("token_prompts") and not self.server.native:
            return prompt_ids(tokenizer, start, request.path)
        return for_text(tokenizer, start + text)

    def _room(self, prompt: str | list[int]) -> int:
        """The tokens that the context leaves for a reply: many servers refuse to be asked for more.

        Raises ReasonerError where it leaves none.
        """
        context = self._abilities.context if self._abilities else None
        if context is None:
            return sys.maxsize
        size = self.count(prompt) or 0 if isinstance(prompt, str) else len(prompt)
        if size >= context:
            told = (
                f"{size:,} tokens are more than the {context:,} of the model's context. {TOO_LONG}"
            )
            raise ReasonerError(told, retryable=False)
        return context - size

    def _fields(self, request: Request) -> dict[str, Any]:
        sampling = request.sampling
        fields: dict[str, Any] = {
            "model": self.server.model,
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            "max_tokens": sampling.max_tokens,
            "stream": True,
            "extra_body": (IDS if self._can("token_ids") else {}) | self.server.extra,
        }
        if sampling.seed is not None and self._is_mistral:
            fields["extra_body"] = {"random_seed": sampling.seed} | fields["extra_body"]
        elif sampling.seed is not None:
            fields["seed"] = sampling.seed
        if self._can("stop") is not False:
            fields["stop"] = [STOP]
        if self._can("usage") is not False and not self._is_mistral:
            fields["stream_options"] = {"include_usage": True}
        return fields

    @property
    def _is_mistral(self) -> bool:
        """Whether this is Mistral's API, which refuses fields that it does not know.

        It has its own name for a seed, sends usage unasked, and repeats a message that is gone on
        with before it goes on.
        """
        return self.server.mode == "chat" and self.server.dialect == "mistral"

    def _can(self, ability: Ability) -> bool | None:
        return self._abilities.can(ability) if self._abilities else None

    def _thinks(self, request: Request) -> bool:
        """Whether the reply begins inside a thinking that the server keeps apart."""
        apart = self.server.mode == "chat" and self.server.dialect in REASONING
        text = text_of(request.path)
        return apart and bool(text) and THINK_END not in text
