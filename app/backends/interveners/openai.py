"""The Intervener behind any OpenAI-compatible server.

Promises: what it proposes names words that stand in the step, a flaw of the taxonomy, and a hint
that the rules allow; the model never learns the reference, not even by a refusal; a reply that
stays unusable is an IntervenerError, and none holds the key.
"""

from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple

import openai
from openai import OpenAI
from pydantic import ConfigDict, Field, ValidationError

from app.backends.http import BASE_URL, client, failures
from app.backends.interveners.base import IntervenerError, Review, ignore_usage
from app.backends.interveners.replies import Reply, read_reply
from app.backends.reasoners.base import Usage
from app.core.case import Case
from app.core.errors import Invalid
from app.core.model import Frozen
from app.core.proposal import Evidence, Flawless, Proposal, Source
from app.core.splice import default_cut
from app.prompts import intervener as prompt

_AGAIN = {"form": 1, "span": 1, "hint": 2}
"""How often a model is asked again, for each kind of fault."""


class Server(Frozen):
    """A project's settings for this Intervener; `timeout` is in seconds for the whole reply."""

    # A project's settings hold more than the server's: the entry's name, how replies are drawn.
    model_config = ConfigDict(extra="ignore")

    base_url: str = Field(pattern=BASE_URL)
    model: str = Field(min_length=1)
    timeout: float = Field(300, gt=0, allow_inf_nan=False)
    max_tokens: int = Field(8_192, gt=0)
    temperature: float = Field(0.0, ge=0, le=2, allow_inf_nan=False)
    extra: dict[str, Any] = Field(default_factory=dict)


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
        self._key = key
        self._client: OpenAI = client(server.base_url, key, server.timeout)

    def review(self, case: Case, on_usage: Callable[[Usage], None] = ignore_usage) -> Review:
        """The first flaw that the model finds, or Flawless. Raises IntervenerError."""
        messages, left = _messages(case), dict(_AGAIN)
        while True:
            with failures(self._key, lambda told, again: IntervenerError(told, retryable=again)):
                text = self._ask(case, messages, on_usage)
            result = _judged(case, text, self.name)
            if not isinstance(result, Fault):
                return result
            left[result.kind] -= 1
            if left[result.kind] < 0:
                raise IntervenerError(result.told, retryable=True)
            messages.append({"role": "assistant", "content": text})
            messages.append({"role": "user", "content": result.ask_again})

    def _ask(
        self, case: Case, messages: list[dict[str, str]], on_usage: Callable[[Usage], None]
    ) -> str:
        """The model's text; a server that takes no schema is asked without one."""
        schema = {"name": "review", "schema": prompt.schema(case.taxonomy)}
        try:
            reply = self._send(messages, {"type": "json_schema", "json_schema": schema})
        except (openai.BadRequestError, openai.UnprocessableEntityError):
            reply = self._send(messages, openai.omit)
        counted = getattr(reply, "usage", None)
        if counted is not None:
            on_usage(
                Usage(
                    prompt_tokens=counted.prompt_tokens,
                    completion_tokens=counted.completion_tokens,
                )
            )
        choices = getattr(reply, "choices", None)
        return (choices[0].message.content or "") if choices else ""

    def _send(self, messages: list[dict[str, str]], response_format: Any) -> Any:
        create: Any = self._client.chat.completions.create
        return create(
            model=self.server.model,
            messages=messages,
            response_format=response_format,
            temperature=self.server.temperature,
            max_tokens=self.server.max_tokens,
            extra_body=dict(self.server.extra),
        )


class Fault(NamedTuple):
    """What is wrong with a reply: its kind, what a person is told, and what the model is asked."""

    kind: Literal["form", "span", "hint"]
    told: str
    ask_again: str


def _messages(case: Case) -> list[dict[str, str]]:
    """The task and the case. Of the problem only the question goes in."""
    question = case.problem.question
    mark = prompt.mark_of(question, case.path)
    shown = prompt.case_text(question, case.path, case.executions, case.correct, mark)
    return [
        {"role": "system", "content": prompt.system(case.taxonomy, mark)},
        {"role": "user", "content": shown},
    ]


def _judged(case: Case, text: str, model: str) -> Review | Fault:
    """A reply as a review, or what is wrong with it."""
    reply = read_reply(text)
    if isinstance(reply, str):
        told = f"The Intervener's reply can't be read: {reply}."
        return Fault("form", told, prompt.FORM_RULES.format(reason=reply))
    source = Source(kind="intervener", name=model, version=prompt.VERSION)
    if reply.verdict == "flawless":
        return Flawless(reasons=reply.evidence, source=source)
    if case.taxonomy.get(reply.flaw) is None:
        told = f"There is no flaw called {reply.flaw!r:.100}"
        return Fault("form", f"{told}.", prompt.FORM_RULES.format(reason=told))
    start = case.path[reply.step].text.find(reply.span) if 0 <= reply.step < len(case.path) else -1
    if start < 0:
        told = f"The words that the Intervener quotes are not in step {reply.step}."
        return Fault("span", told, prompt.SPAN_RULES)
    return _proposed(case, reply, start, source)


def _proposed(case: Case, reply: Reply, start: int, source: Source) -> Review | Fault:
    """The proposal of a reply whose words were found, unless its hint is refused."""
    cut = default_cut(case.path, reply.step, start)
    refusal = case.refusal(cut, reply.hint)
    if refusal:
        return Fault("hint", f"The Intervener's hints can't be used: {refusal}", prompt.HINT_RULES)
    end = start + len(reply.span)
    evidence = Evidence(step=reply.step, start=start, end=end, note=reply.evidence)
    words = reply.hint.strip()
    return (Proposal(flaw=reply.flaw, evidence=(evidence,), cut=cut, words=words, source=source),)
