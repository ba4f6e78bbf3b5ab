"""A model in the worker itself, by transformers and torch: no server, and every continuation exact.

Promises: the prompt is the template and the path, with the ids that the model once wrote; text is
given token by token with its ids; what the last prompt has in common with this one is not computed
again. One reply of a model is written at a time; a thread that wants another waits. A reply that is
closed stops at the next token. torch is imported when a model is, and named where it is missing.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.util import find_spec
from threading import Lock
from typing import Any

from app.backends.reasoners.base import Continuation, ReasonerError, Replies, Request, Usage
from app.backends.reasoners.dialects import opening
from app.backends.reasoners.replies import until_fence
from app.backends.reasoners.sampling import Sampler
from app.backends.reasoners.stream import Part, clean
from app.backends.reasoners.tokenizer import count_tokens, load_tokenizer, opened, prompt_ids
from app.core.errors import Invalid
from app.core.trace import text_of

_WINDOW = 8
"""Tokens before a new one that decide how it reads, a space in front of it for one."""
_NO_TORCH = (
    "A model in the worker needs torch, which is not installed here; the extra `servers` brings "
    "it: pip install 'calm-studio[servers]'."
)


def make(config: Mapping[str, Any], key: str = "") -> "LocalReasoner":
    """A Reasoner that runs `config["model"]`, a folder or a hub id. There is no use for a key.

    Raises Invalid where no model is named, or torch is missing.
    """
    if not config.get("model"):
        raise Invalid("Name the model: a local folder or a hub id.")
    if find_spec("torch") is None:
        raise Invalid(_NO_TORCH)
    return LocalReasoner(str(config["model"]))


class _Loaded:
    """A model in memory, and the cache of the last prompt that it read."""

    def __init__(self, name: str) -> None:
        import torch
        from transformers import AutoModelForCausalLM

        device = "cuda" if torch.cuda.is_available() else "cpu"
        try:
            model: Any = AutoModelForCausalLM.from_pretrained(name, dtype="auto")
        except (OSError, ValueError, KeyError) as error:
            told = f"The model {name!r} can't be loaded: {str(error)[:300]}"
            raise ReasonerError(told, retryable=False) from error
        self.model = model.to(device).eval()
        self.lock = Lock()
        self._ids: list[int] = []
        self._cache: Any = None

    def read(self, ids: list[int]) -> tuple[Any, int]:
        """The scores behind the last of `ids`, and how many of them were not computed anew."""
        import torch

        common = _common(self._ids, ids[:-1]) if self._cache is not None else 0
        if common and common < len(self._ids):
            self._cache.crop(common - len(self._ids))
        rest = torch.tensor([ids[common:]], device=self.model.device)
        # A pass that fails, out of memory for one, leaves half a cache: nobody may go on from it.
        cache, self._cache = self._cache, None
        with torch.inference_mode():
            given = self.model(rest, past_key_values=cache if common else None, use_cache=True)
        self._ids, self._cache = list(ids), given.past_key_values
        return given.logits[0, -1].float(), common

    def ends(self) -> set[int]:
        """The tokens that end a reply."""
        end = self.model.generation_config.eos_token_id
        return set(end) if isinstance(end, list) else {end}


@lru_cache(maxsize=1)
def _load(name: str) -> _Loaded:
    return _Loaded(name)


_LOADING = Lock()


class LocalReasoner:
    """Continues paths with a model of this process."""

    continuation: Continuation = "completions"

    def __init__(self, name: str) -> None:
        self.name = name

    def write(self, request: Request) -> Replies:
        """Go on with the path, token by token. Raises ReasonerError."""
        tokenizer = load_tokenizer(self.name)
        with _LOADING:
            loaded = _load(self.name)
        with loaded.lock:
            yield from until_fence(_parts(loaded, tokenizer, request), request)

    def count(self, text: str) -> int | None:
        """Tokens by the model's own tokenizer."""
        return count_tokens(load_tokenizer(self.name), text)


def _parts(loaded: _Loaded, tokenizer: Any, request: Request) -> Iterator[Part]:
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


def _room(loaded: _Loaded, size: int) -> int:
    """The tokens that the model's context leaves for a reply. Raises ReasonerError for none."""
    context = int(loaded.model.config.max_position_embeddings)
    if size >= context:
        told = f"The path has {size:,} tokens, and the model's context {context:,}."
        raise ReasonerError(told, retryable=False)
    return context - size


def _text(tokenizer: Any, before: list[int], new: list[int]) -> str:
    window = before[-_WINDOW:]
    whole: str = tokenizer.decode(window + new)
    return whole[len(tokenizer.decode(window)) :]


def _common(one: list[int], other: list[int]) -> int:
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
