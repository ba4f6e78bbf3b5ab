"""Requests to a chat server that takes less than others, in the way that it does take.

Promises: what a server refuses is asked for in another way, each once, and remembered for the next
request: no JSON schema, then no JSON at all; no temperature; `max_completion_tokens` for
`max_tokens`, or fewer of them. A prompt that is too long for the model is a TooLong.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

import openai
from openai import OpenAI

from app.backends.interveners.base import IntervenerError
from app.backends.reasoners.base import Usage
from app.core.errors import CalmError

Message = dict[str, str]
_FORMATS: tuple[Literal["json_schema", "json_object", "none"], ...] = (
    "json_schema",
    "json_object",
    "none",
)
_TOO_LONG = re.compile(
    r"context.{0,20}(?:length|size|window)|prompt is too long|context too long"
    r"|input token count|reduce the length|n_ctx",
    re.IGNORECASE | re.DOTALL,
)
_CONTEXT = re.compile(
    r"(?:context (?:length|size|window)\D{0,40}|> |allowed \(|n_ctx\D{1,6})([0-9][0-9,]{2,})",
    re.IGNORECASE,
)
_MOST = re.compile(r"(?:at most|\[1, ?)\s?([0-9,]+)")


class TooLong(CalmError):
    """The prompt does not fit; `context` is the model's, in tokens, where the server said it."""

    def __init__(self, context: int | None) -> None:
        super().__init__("The prompt is longer than the model's context.")
        self.context = context


class Said(NamedTuple):
    """What came back: the model's text, and the name that the server gives to the model."""

    text: str
    model: str
    usage: Usage | None
    refused: str
    cut_off: bool


class Chat:
    """One model of one server. `temperature` is of the first request; some models take none."""

    def __init__(
        self, client: OpenAI, model: str, temperature: float, extra: Mapping[str, Any]
    ) -> None:
        self._create: Any = client.chat.completions.create
        self._model, self._extra = model, dict(extra)
        self._temperature: float | openai.Omit = temperature
        self._formats = list(_FORMATS)
        self._limit = "max_tokens"
        self._most: int | None = None

    def ask(self, messages: Sequence[Message], max_tokens: int, schema: Mapping[str, Any]) -> Said:
        """The reply. Raises TooLong, and what the SDK raises."""
        while True:
            most = min(max_tokens, self._most or max_tokens)
            try:
                return _said(self._send(messages, most, schema))
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                if not self._give_way(_message(error), most):
                    raise
            except openai.APIStatusError as error:
                raise TooLong(None) if error.status_code == 413 else error from None

    def _send(self, messages: Sequence[Message], most: int, schema: Mapping[str, Any]) -> Any:
        return self._create(
            model=self._model,
            messages=list(messages),
            response_format=_format(self._formats[0], schema),
            temperature=self._temperature,
            extra_body=self._extra,
            **{self._limit: most},
        )

    def _give_way(self, told: str, most: int) -> bool:
        """Whether something was left to give up after a refusal. Raises TooLong."""
        if _TOO_LONG.search(told):
            found = _CONTEXT.search(told)
            raise TooLong(int(found[1].replace(",", "")) if found else None)
        lower = told.lower()
        if "temperature" in lower and self._temperature is not openai.omit:
            self._temperature = openai.omit
        elif "max_completion_tokens" in lower and self._limit == "max_tokens":
            self._limit = "max_completion_tokens"
        elif "tokens" in lower and (fewer := _fewer(told)) and fewer < most:
            self._most = fewer
        elif len(self._formats) > 1:
            del self._formats[0]
        else:
            return False
        return True


def _format(name: str, schema: Mapping[str, Any]) -> Any:
    if name == "json_schema":
        return {"type": name, "json_schema": {"name": "review", "schema": dict(schema)}}
    return {"type": name} if name == "json_object" else openai.omit


def _fewer(told: str) -> int | None:
    """How many tokens a server allows a reply to have, if it says so."""
    found = _MOST.search(told)
    return int(found[1].replace(",", "")) if found else None


def _message(error: openai.APIStatusError) -> str:
    """All that the server says, its error's code and fields too."""
    return f"{error.message} {json.dumps(error.body, default=str)}"


def _said(reply: Any) -> Said:
    """A reply, whose shape the SDK does not check. Raises IntervenerError and AttributeError."""
    if isinstance(reply, str):
        what = "a web page" if reply.lstrip().startswith("<") else "plain text"
        told = f"The model server answered with {what} instead of a reply. Look at its address."
        raise IntervenerError(told, retryable=True)
    if not reply.choices:
        told = "The model server sent a reply without choices, which says nothing."
        raise IntervenerError(told, retryable=True)
    choice, counted = reply.choices[0], getattr(reply, "usage", None)
    content = choice.message.content or ""
    if not isinstance(content, str):
        content = "".join(part.get("text", "") for part in content if isinstance(part, dict))
    usage = counted and Usage(
        prompt_tokens=counted.prompt_tokens, completion_tokens=counted.completion_tokens
    )
    return Said(
        text=content,
        model=str(getattr(reply, "model", "") or ""),
        usage=usage,
        refused=str(getattr(choice.message, "refusal", None) or ""),
        cut_off=choice.finish_reason == "length",
    )
