"""Servers that take less than others: each gets what it takes, and is asked so from then on."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from app.backends.interveners.base import IntervenerError
from app.backends.interveners.openai import make
from app.core.answer.reference import UNKNOWN
from app.core.case import Case
from app.core.problem import Problem
from app.core.proposal import Flawless
from app.core.trace import Step
from tests.openai_stub import Stub, serving

FLAWLESS = '{"verdict": "flawless", "evidence": "All is well."}'
PATH = (
    Step(kind="thought", author="reasoner", text="First " + "I think of many things. " * 400),
    Step(kind="code", author="reasoner", text="```python\nprint(1)\n```\n"),
    Step(kind="output", author="sandbox", text="```output\n" + "line\n" * 2000 + "```\n"),
    Step(kind="thought", author="reasoner", text="So it is that. \\boxed{1}"),
)
CASE = Case(problem=Problem(question="How many?", reference=UNKNOWN), path=PATH, correct=True)


def ask(stub: Stub, **config: Any) -> tuple[Any, list[str]]:
    notes: list[str] = []
    intervener = make({"base_url": stub.url, "model": "m", **config})
    return intervener.review(CASE, on_note=notes.append), notes


def takes_no(field: str, told: str) -> Callable[[dict[str, Any]], str]:
    return lambda body: told if field in body else ""


@pytest.mark.parametrize(
    ("field", "told", "instead"),
    [
        (
            "max_tokens",
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
            "'max_completion_tokens' instead.",
            "max_completion_tokens",
        ),
        (
            "temperature",
            "Unsupported value: 'temperature' does not support 0 with this model. Only the default "
            "(1) value is supported.",
            "max_tokens",
        ),
    ],
)
def test_what_a_reasoning_model_does_not_take(field: str, told: str, instead: str) -> None:
    with serving(FLAWLESS) as stub:
        stub.objects = takes_no(field, told)
        found, _ = ask(stub)
    assert isinstance(found, Flawless)
    assert len(stub.seen) == 2
    assert instead in stub.seen[1]
    assert "response_format" in stub.seen[1]


def test_a_schema_gives_way_to_an_object_and_that_to_nothing() -> None:
    def no_schema(body: dict[str, Any]) -> str:
        kind = body.get("response_format", {}).get("type")
        return "This response_format type is unavailable now" if kind == "json_schema" else ""

    with serving(FLAWLESS) as stub:
        stub.objects = no_schema
        ask(stub)
        stub.objects = takes_no("response_format", "response_format?")
        ask(stub)
    kinds = [body.get("response_format", {}).get("type") for body in stub.seen]
    assert kinds == ["json_schema", "json_object", "json_schema", "json_object", None]


def test_what_was_learnt_is_kept_for_the_next_request() -> None:
    with serving(FLAWLESS) as stub:
        stub.objects = takes_no("temperature", "temperature is not supported")
        intervener = make({"base_url": stub.url, "model": "m"})
        intervener.review(CASE)
        intervener.review(CASE)
    assert len(stub.seen) == 3


def test_fewer_tokens_where_a_server_allows_fewer() -> None:
    def short(body: dict[str, Any]) -> str:
        told = "max_tokens is too large: 8192. This model supports at most 4096 completion tokens"
        return told if body["max_tokens"] > 4096 else ""

    with serving(FLAWLESS) as stub:
        stub.objects = short
        ask(stub)
    assert stub.seen[-1]["max_tokens"] == 4096


def test_a_refusal_that_nothing_helps_against_is_told() -> None:
    with serving(FLAWLESS) as stub:
        stub.objects = lambda body: "no such luck"
        with pytest.raises(IntervenerError, match="no such luck"):
            ask(stub)
    assert len(stub.seen) == 3


@pytest.mark.parametrize(
    "told",
    [
        "This model's maximum context length is 4096 tokens. However, you requested 9000 tokens.",
        "the request exceeds the available context size (4096 tokens), try increasing it",
        "prompt is too long: 9000 tokens > 4096 maximum",
        "The input token count (9000) exceeds the maximum number of tokens allowed (4096).",
        "Please reduce the length of the messages.",
    ],
)
def test_a_path_that_is_too_long_is_shortened_to_what_the_server_takes(told: str) -> None:
    with serving(FLAWLESS) as stub:
        stub.objects = lambda body: told if len(json.dumps(body["messages"])) > 12_000 else ""
        found, notes = ask(stub)
    assert isinstance(found, Flawless)
    assert "step 3" in notes[0] or "steps 1, 3" in notes[0]
    assert "characters left out here" in stub.seen[-1]["messages"][1]["content"]
    assert "step 4, thought by reasoner" in stub.seen[-1]["messages"][1]["content"]
    assert "So it is that." in stub.seen[-1]["messages"][1]["content"]


def test_a_context_that_is_set_is_kept_to_from_the_start() -> None:
    with serving(FLAWLESS) as stub:
        _, notes = ask(stub, context_tokens=4096)
    assert len(stub.seen) == 1
    assert notes
    assert len(json.dumps(stub.seen[0]["messages"])) < 12_000
    assert stub.seen[0]["max_tokens"] == 1024


def test_a_path_that_never_fits_is_a_failure_in_plain_words() -> None:
    with serving(FLAWLESS) as stub:
        stub.objects = lambda body: "context length exceeded"
        with pytest.raises(IntervenerError, match="does not fit into"):
            ask(stub)
    assert len(stub.seen) == 4
    with serving(FLAWLESS) as stub, pytest.raises(IntervenerError, match="of 1,024 tokens"):
        ask(stub, context_tokens=1024)
    assert not stub.seen


def test_a_reply_in_parts_is_read() -> None:
    with serving("x") as stub:
        stub.message = {"content": [{"type": "text", "text": FLAWLESS}]}
        found, _ = ask(stub)
    assert isinstance(found, Flawless)
