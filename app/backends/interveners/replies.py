"""An Intervener model's reply, read: repaired where that is safe, validated always."""

import json
import re
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from app.core.fields import storable
from app.core.proposal import MAX_WORDS

_LONE_BACKSLASH = re.compile(r'\\(?!["\\/bfnrtu])')
_TRAILING_COMMA = re.compile(r",\s*([}\]])")
_THOUGHTS = re.compile(r"^.*</think>", re.DOTALL)
_SHOWN = 120


class Reply(BaseModel):
    """What a model says of a path; `step` counts from 1. Where there is a flaw, all is set but the
    confidence, which is None where it can't be read."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    verdict: Literal["flaw", "flawless"]
    evidence: str = Field(max_length=MAX_WORDS)
    step: int = 0
    span: str = ""
    flaw: str = ""
    hint: str = Field("", max_length=MAX_WORDS)
    confidence: float | None = None

    @field_validator("confidence", mode="before")
    @classmethod
    def _share(cls, told: Any) -> float | None:
        """80, "80%" and 0.8 are one; what is no share is nothing."""
        try:
            value = float(str(told).strip().removesuffix("%"))
        except ValueError:
            return None
        value = value / 100 if value > 1 else value
        return value if 0 <= value <= 1 else None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.verdict == "flaw" and not (self.span.strip() and self.flaw and self.hint.strip()):
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
    return f"it is no JSON object{_began(text)}"


def _repaired(body: str) -> str:
    """With LaTeX's backslashes escaped and without trailing commas."""
    return _TRAILING_COMMA.sub(r"\1", _LONE_BACKSLASH.sub(r"\\\\", body))


def _began(text: str) -> str:
    """The first words of a text that is no reply, such as a refusal to judge."""
    flat = " ".join(_THOUGHTS.sub("", str(storable(text))).split())
    return f"; it begins “{flat[:_SHOWN]}{'…' * (len(flat) > _SHOWN)}”" if flat else ""
