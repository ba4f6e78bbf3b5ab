"""An Intervener model's reply, read: repaired where that is safe, validated always."""

import json
import re
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from app.core.fields import storable
from app.core.proposal import MAX_WORDS

_LONE_BACKSLASH = re.compile(r'\\(?!["\\/bfnrtu])')
_TRAILING_COMMA = re.compile(r",\s*([}\]])")
_THOUGHTS = re.compile(r"^.*</think>", re.DOTALL)


class Reply(BaseModel):
    """What a model says of a path. Everything but the evidence is set where there is a flaw."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    verdict: Literal["flaw", "flawless"]
    evidence: str = Field(max_length=MAX_WORDS)
    step: int = -1
    span: str = ""
    flaw: str = ""
    hint: str = Field("", max_length=MAX_WORDS)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.verdict == "flaw" and not (self.span and self.flaw and self.hint.strip()):
            raise ValueError("a flaw has a step, a span, a flaw and a hint")
        return self


def read_reply(text: str) -> Reply | str:
    """The reply in a model's text, or why it can't be read."""
    body = _THOUGHTS.sub("", text)
    body = body[body.find("{") : body.rfind("}") + 1]
    for repaired in (body, _repaired(body)):
        try:
            return Reply.model_validate(storable(json.loads(repaired, strict=False)))
        except ValidationError as error:
            return "; ".join(one["msg"] for one in error.errors())
        except (ValueError, RecursionError):
            continue
    return "it is no JSON object"


def _repaired(body: str) -> str:
    """With LaTeX's backslashes escaped and without trailing commas."""
    return _TRAILING_COMMA.sub(r"\1", _LONE_BACKSLASH.sub(r"\\\\", body))
