"""The Intervener behind any OpenAI-compatible server.

Promises: what it proposes passed `judging`; the model never learns the reference, not even by a
refusal; a path that is longer than the model's context is shortened and that is told; a reply that
stays unusable is an IntervenerError, and none holds the key.
"""

from collections.abc import Callable, Mapping
from typing import Any

from openai import OpenAI
from pydantic import ConfigDict, Field, ValidationError

from app.backends.http import BASE_URL, client, failures
from app.backends.interveners.base import IntervenerError, Review, ignore_note, ignore_usage
from app.backends.interveners.chat import Chat, Message, Said, TooLong
from app.backends.interveners.judging import Fault, judged
from app.backends.line import on_line
from app.backends.reasoners.base import Usage
from app.core.case import Case
from app.core.errors import Invalid
from app.core.fields import storable
from app.core.model import Frozen
from app.core.proposal import Source
from app.prompts import intervener as prompt
from app.prompts.case_text import Shown, case_text
from app.prompts.shortening import size
from app.prompts.templates import words_of

_AGAIN = {"form": 1, "span": 1, "place": 0, "hint": 2, "doubt": 1}
"""How often a model is asked again, for each kind of fault."""
_FITTINGS = 4
"""How often a path that is too long is sent, each time shorter."""
_BYTES_PER_TOKEN = 3
"""Fewer than most texts have, so that what is cut to fit does."""
_MARGIN = 200
"""Tokens that a chat template may add."""
_SHOWN = 200


class Server(Frozen):
    """A project's settings for this Intervener; `timeout` is in seconds for the whole reply.

    `context_tokens` is the model's context; where it is not set, a server that refuses says it.
    `system` are a project's own words for its task.
    """

    # A project's settings hold more than the server's: the entry's name, how replies are drawn.
    model_config = ConfigDict(extra="ignore")

    base_url: str = Field(pattern=BASE_URL)
    model: str = Field(min_length=1)
    timeout: float = Field(300, gt=0, le=24 * 3600, allow_inf_nan=False)
    max_tokens: int = Field(8_192, gt=0)
    context_tokens: int | None = Field(None, ge=1_024)
    temperature: float = Field(0.0, ge=0, le=2, allow_inf_nan=False)
    extra: dict[str, Any] = Field(default_factory=dict)
    system: str = ""


def make(config: Mapping[str, Any], key: str = "") -> "OpenAIIntervener":
    """An Intervener from a project's settings. Raises Invalid where they can't be used."""
    try:
        return OpenAIIntervener(Server.model_validate(dict(config)), key)
    except ValidationError as error:
        wrong = ", ".join(".".join(map(str, one["loc"])) for one in error.errors())
        raise Invalid(f"The Intervener's settings can't be used: {wrong}.") from None


class OpenAIIntervener:
    """Reviews paths with one model of one server."""

    def __init__(self, server: Server, key: str = "") -> None:
        self.server = server
        self.name = server.model
        self.words = words_of(server.system, prompt.SYSTEM, prompt.VERSION)
        self._key = key
        made: OpenAI = client(server.base_url, key, server.timeout)
        self._chat = Chat(made, server.model, server.temperature, server.extra)
        self._context = server.context_tokens
        self._narrowed: int | None = None

    def review(
        self,
        case: Case,
        on_usage: Callable[[Usage], None] = ignore_usage,
        on_note: Callable[[str], None] = ignore_note,
    ) -> Review:
        """The first flaw that the model finds, or Flawless. Raises IntervenerError."""
        source = Source(kind="intervener", name=self.name, version=self.words.version)
        exchange: list[Message] = []
        left = dict(_AGAIN)
        while True:
            said = self._ask(case, exchange, on_note)
            if said.usage:
                on_usage(said.usage)
            result = judged(case, _text(said), source, on_note)
            if not isinstance(result, Fault):
                return result
            left[result.kind] -= 1
            if left[result.kind] < 0:
                return _given_up(result, said)
            exchange.append({"role": "assistant", "content": said.text})
            exchange.append({"role": "user", "content": result.ask_again})

    def _ask(self, case: Case, exchange: list[Message], on_note: Callable[[str], None]) -> Said:
        """The model's reply to the case and what was said since, shortened until it fits."""
        for _ in range(_FITTINGS):
            shown = self._shown(case)
            task = prompt.system(self.words.text, case.taxonomy, shown.mark)
            messages = [_message("system", task), _message("user", shown.text), *exchange]
            try:
                limited = failures(self._key, IntervenerError, self.server.timeout)
                with limited as line, on_line(line):
                    said = self._chat.ask(messages, self._reply(), prompt.schema(case.taxonomy))
            except TooLong as long:
                self._context = long.context or self._context
                self._narrowed = size(shown.text) * 7 // 10
                continue
            if shown.left_out:
                on_note(shown.left_out)
            if not _is_model(self.server.model, said.model):
                on_note(f"the server answered as {said.model:.100}")
            return said
        raise self._does_not_fit()

    def _shown(self, case: Case) -> Shown:
        """The case in the room that there is. Raises IntervenerError where it is far too long."""
        room = self._room(case)
        shown = case_text(case, room)
        if room is not None and self._context and size(shown.text) > room * 4 // 3:
            raise self._does_not_fit()
        return shown

    def _room(self, case: Case) -> int | None:
        """Bytes for the case, as far as anything is known of the context."""
        if self._context is None:
            return self._narrowed
        tokens = self._context - self._reply() - _MARGIN
        task = size(prompt.system(self.words.text, case.taxonomy, ""))
        return max(0, min(tokens * _BYTES_PER_TOKEN - task, self._narrowed or 2**40))

    def _reply(self) -> int:
        """Tokens that a reply may have: at most a quarter of the context."""
        most = self.server.max_tokens
        return most if self._context is None else min(most, max(self._context // 4, 256))

    def _does_not_fit(self) -> IntervenerError:
        context = f" of {self._context:,} tokens" if self._context else ""
        told = (
            f"The trace does not fit into the model's context{context}, even with the middle of "
            "long steps left out. Choose a model with a larger context, or set it in the settings."
        )
        return IntervenerError(told, retryable=False)


def _message(role: str, content: str) -> Message:
    return {"role": role, "content": content}


def _text(said: Said) -> str:
    """What the model said. Raises IntervenerError where it said nothing, or that it won't."""
    if said.refused:
        told = " ".join(str(storable(said.refused)).split())[:_SHOWN]
        raise IntervenerError(f"The model refused to judge the trace: {told}", retryable=False)
    if not said.text.strip():
        why = ", cut off at its token limit" if said.cut_off else ""
        raise IntervenerError(f"The model server gave an empty reply{why}.", retryable=True)
    return said.text


def _given_up(fault: Fault, said: Said) -> Review:
    """What stands when the model was asked often enough. Raises IntervenerError."""
    if fault.otherwise is not None:
        return fault.otherwise
    cut_off = " The reply was cut off at its token limit." if said.cut_off else ""
    raise IntervenerError(fault.told + cut_off, retryable=False)


def _is_model(asked: str, answered: str) -> bool:
    """Whether a server's name for its model is the one asked for, dated or without its folder."""
    one, other = asked.lower().rsplit("/", 1)[-1], answered.lower().rsplit("/", 1)[-1]
    return one in other or other in one
