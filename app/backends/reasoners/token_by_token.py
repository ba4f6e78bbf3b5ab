"""A Reasoner over a model in this process, written token by token: every continuation is exact.

Promises: the prompt is the template and the path, with the ids that the model once wrote; text is
given with its ids. One reply of a model is written at a time; a thread that wants another waits. A
reply that is closed stops at the next token. Not here: where the scores come from.
"""

from collections.abc import Callable, Iterator
from threading import Lock
from typing import Any, Protocol

from app.backends.reasoners.base import Continuation, ReasonerError, Replies, Request, Usage
from app.backends.reasoners.dialects import opening
from app.backends.reasoners.replies import until_fence
from app.backends.reasoners.sampling import Sampler
from app.backends.reasoners.stream import Part, clean
from app.backends.reasoners.tokenizer import count_tokens, load_tokenizer, opened, prompt_ids
from app.core.trace import text_of

_WINDOW = 8
"""Tokens before a new one that decide how it reads, a space in front of it for one."""


class Loaded(Protocol):
    """A model in memory that remembers the last prompt it read."""

    lock: Lock
    context: int
    """The most tokens that it can read."""

    def read(self, ids: list[int]) -> tuple[Any, int]:
        """The scores behind the last of `ids`, float32 (vocabulary,), and how many ids of the
        prompt were not computed anew."""
        ...

    def ends(self) -> set[int]:
        """The tokens that end a reply."""
        ...


class TokenReasoner:
    """Continues paths with a model of this process."""

    continuation: Continuation = "completions"

    def __init__(self, name: str, load: Callable[[str], Loaded]) -> None:
        self.name = name
        self._load = load

    def write(self, request: Request) -> Replies:
        """Go on with the path, token by token. Raises ReasonerError."""
        tokenizer = load_tokenizer(self.name)
        with _LOADING:
            loaded = self._load(self.name)
        with loaded.lock:
            yield from until_fence(_parts(loaded, tokenizer, request), request)

    def count(self, text: str) -> int | None:
        """Tokens by the model's own tokenizer."""
        return count_tokens(load_tokenizer(self.name), text)


_LOADING = Lock()


def _parts(loaded: Loaded, tokenizer: Any, request: Request) -> Iterator[Part]:
    """A part for each token, or for a few that make one character; the last has the usage."""
    start = opened(tokenizer, opening(request), text_of(request.path))
    ids = prompt_ids(tokenizer, start, request.path)
    size, ends, sampler = len(ids), loaded.ends(), Sampler(request.sampling)
    pending: list[int] = []
    finish, cached = "length", 0
    for at in range(min(request.sampling.max_tokens, _room(loaded, size))):
        scores, common = loaded.read(ids)
        cached = common if at == 0 else cached
        token = sampler.draw(scores)
        ids.append(token)
        if token in ends:
            finish = "stop"
            break
        pending.append(token)
        text = _text(tokenizer, ids[: -len(pending)], pending)
        if not text.endswith("\ufffd"):
            yield Part(text=clean(text), token_ids=tuple(pending))
            pending = []
    rest = clean(_text(tokenizer, ids[: -len(pending)], pending)) if pending else ""
    usage = Usage(prompt_tokens=size, completion_tokens=len(ids) - size, cached_tokens=cached)
    yield Part(text=rest, token_ids=tuple(pending) or None, finish=finish, usage=usage)


def _room(loaded: Loaded, size: int) -> int:
    """The tokens that the model's context leaves for a reply. Raises ReasonerError for none."""
    if size >= loaded.context:
        told = f"The path has {size:,} tokens, and the model's context {loaded.context:,}."
        raise ReasonerError(told, retryable=False)
    return loaded.context - size


def _text(tokenizer: Any, before: list[int], new: list[int]) -> str:
    window = before[-_WINDOW:]
    whole: str = tokenizer.decode(window + new)
    return whole[len(tokenizer.decode(window)) :]


def in_common(one: list[int], other: list[int]) -> int:
    """How many ids two prompts begin with alike."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def ends_in(end: int | list[int]) -> set[int]:
    """The tokens that end a reply, as `eos_token_id` says them: one, or a list."""
    return set(end) if isinstance(end, list) else {end}
