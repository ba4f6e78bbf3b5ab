"""Which way of going on with a path a server honours to the byte.

A request for one token is sent with a path that is begun; where the server's count of prompt
tokens equals that of the locally rendered prompt, the server saw exactly that prompt.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from app.backends.reasoners import ollama
from app.backends.reasoners.abilities import Ability, Finding
from app.backends.reasoners.base import Continuation, ReasonerError, Request, Sampling
from app.backends.reasoners.dialects import CHATTING, Dialect, continued, opening, restarted
from app.backends.reasoners.probe.ask import Asker, Refusal
from app.backends.reasoners.server import Server
from app.backends.reasoners.tokenizer import for_text, load_tokenizer, opened, prompt_ids
from app.core.trace import Step, text_of

_QUESTION = (
    "A market has four stalls with apples and three stalls with pears. Each stall with apples has "
    "twelve baskets of five apples, and each stall with pears has ten baskets of six pears. How "
    "many apples are there, how many pears, and how many pieces of fruit in all?"
)
"""Long enough that a cache of blocks of 64 tokens holds one of them."""
REQUEST = Request(
    question=_QUESTION,
    system="Think first.",
    path=(Step(kind="thought", author="reasoner", text="<think>\nLet me count them. One,"),),
)
_WAYS: tuple[Ability, ...] = ("completions", "token_prompts", "continuing")
_UNCHECKED = "without a tokenizer no continuation can be checked"


class Way(NamedTuple):
    """How a path goes on at this server; `body` asks for that, with the path of this file."""

    mode: Continuation
    dialect: Dialect | None
    body: dict[str, Any]
    findings: tuple[Finding, ...]


class _Attempt(NamedTuple):
    ability: Ability
    name: str
    mode: Continuation
    dialect: Dialect | None
    path: str
    body: dict[str, Any]


class _Answer(NamedTuple):
    attempt: _Attempt
    counted: int | Refusal | None
    wanted: int

    @property
    def exact(self) -> bool:
        return self.counted == self.wanted

    def __str__(self) -> str:
        if isinstance(self.counted, int):
            counted = "as wanted" if self.exact else f"instead of {self.wanted}"
            return f"{self.attempt.name}: {self.counted} prompt tokens counted, {counted}"
        return f"{self.attempt.name}: {self.counted or 'no count of prompt tokens given'}"


def find_way(asker: Asker) -> Way:
    """The first way that is exact, else `restart`. All are tried, so that all can be told.

    Raises ReasonerError where the server refuses them all.
    """
    anew = restarted(REQUEST)
    if not asker.server.tokenizer:
        unknown = (Finding(ability=one, able=None, seen=_UNCHECKED) for one in _WAYS)
        return Way("restart", None, anew, tuple(unknown))
    tokenizer = load_tokenizer(asker.server.tokenizer)
    start = opened(tokenizer, opening(REQUEST), text_of(REQUEST.path))
    ids = prompt_ids(tokenizer, start, REQUEST.path)
    words = for_text(tokenizer, start + text_of(REQUEST.path))
    answers = [_try(asker, one, len(ids)) for one in _attempts(asker.server, words, ids)]
    if all(isinstance(one.counted, Refusal) for one in answers):
        told = f"The model server takes no request: {answers[0]}."
        raise ReasonerError(told, retryable=False)
    findings = tuple(_finding(one, answers) for one in _WAYS)
    best = next((one.attempt for one in answers if one.exact), None)
    if not best:
        return Way("restart", None, anew, findings)
    return Way(best.mode, best.dialect, best.body, findings)


def _attempts(server: Server, words: str, ids: list[int]) -> Iterator[_Attempt]:
    path = "/completions"
    yield _Attempt("completions", "in words", "completions", None, path, {"prompt": words})
    yield _Attempt("token_prompts", "by ids", "completions", None, path, {"prompt": ids})
    one = Sampling(max_tokens=1, temperature=0)
    raw = ollama.body(server, words, one) | {"stream": False}
    address = ollama.address(server)
    yield _Attempt("completions", "Ollama's own route", "completions", "ollama", address, raw)
    for dialect in CHATTING:
        body = continued(REQUEST, dialect)
        merged = body.pop("extra_body", {}) | body
        yield _Attempt("continuing", dialect, "chat", dialect, "/chat/completions", merged)


def _try(asker: Asker, attempt: _Attempt, wanted: int) -> _Answer:
    limit = {} if attempt.dialect == "ollama" else {"max_tokens": 1}
    reply = asker.whole(attempt.path, attempt.body | limit)
    return _Answer(attempt, reply if isinstance(reply, Refusal) else _counted(reply), wanted)


def _counted(reply: Mapping[str, Any]) -> int | None:
    usage = reply.get("usage")
    counted = usage.get("prompt_tokens") if isinstance(usage, dict) else None
    counted = reply.get("prompt_eval_count") if counted is None else counted
    return counted if isinstance(counted, int) else None


def _finding(ability: Ability, answers: Sequence[_Answer]) -> Finding:
    """One ability from all attempts at it: yes where one is exact, unknown where none counts."""
    mine = [one for one in answers if one.attempt.ability == ability]
    exact = any(one.exact for one in mine)
    unknown = all(one.counted is None for one in mine)
    return Finding(
        ability=ability,
        able=None if unknown else exact,
        seen="; ".join(str(one) for one in mine),
    )
