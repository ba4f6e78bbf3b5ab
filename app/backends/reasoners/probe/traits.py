"""What else a server can do, once it is known how a path goes on there.

Promise: each trait is seen in a reply. Stop strings are tried with a piece of what the model has
just said at temperature 0, so nothing depends on what a model would say.
"""

from typing import Any
from urllib.parse import urlsplit

from app.backends.reasoners.abilities import Ability, Finding
from app.backends.reasoners.probe.ask import Asker, Heard, Refusal
from app.backends.reasoners.probe.way import Way
from app.backends.reasoners.stream import IDS
from app.backends.reasoners.tokenizer import load_tokenizer

_GREEDY = {"max_tokens": 16, "temperature": 0}
_COUNTED = {"stream_options": {"include_usage": True}}
_TRAITS: tuple[Ability, ...] = ("stop", "token_ids", "logprobs", "usage", "prefix_cache")
_LENGTHS = ("max_model_len", "max_context_length", "context_length", "context_window")


def traits(asker: Asker, way: Way) -> tuple[Finding, ...]:
    """One finding for each trait; unknown where the server gives nothing to look at."""
    if way.dialect == "ollama":
        return _unknown("not asked on Ollama's own route")
    base = way.body | _GREEDY
    first = asker.streamed(base | _COUNTED)
    usage = _usage(first)
    counted = _COUNTED if usage.able else {}
    if isinstance(first, Refusal):
        first = asker.streamed(base)
    if isinstance(first, Refusal):
        return _unknown(f"a stream was {first}")
    again = asker.streamed(base | counted | {"stop": [_piece(first.text)]})
    return (
        _stop(first.text, again),
        _token_ids(asker, base),
        _logprobs(asker, way),
        usage,
        _cache(again),
    )


def context_length(asker: Asker) -> tuple[Finding, int | None]:
    """How many tokens prompt and reply may have together, where the server says so."""
    models = asker.models()
    if isinstance(models, Refusal):
        return Finding(ability="context", able=None, seen=f"the list of models: {models}"), None
    mine = [one for one in models if one.get("id") == asker.server.model] or models[:1]
    known = [one[name] for one in mine for name in _LENGTHS if isinstance(one.get(name), int)]
    length = known[0] if known else _slot(asker)
    if length is None:
        return Finding(ability="context", able=None, seen="the server does not say"), None
    return Finding(ability="context", able=True, seen=f"{length:,} tokens"), length


def _slot(asker: Asker) -> int | None:
    """llama.cpp's server tells the context of one of its slots in its properties."""
    parts = urlsplit(asker.server.base_url)
    props = asker.properties(f"{parts.scheme}://{parts.netloc}/props")
    settings = props.get("default_generation_settings")
    length = settings.get("n_ctx") if isinstance(settings, dict) else None
    return length if isinstance(length, int) else None


def _unknown(seen: str) -> tuple[Finding, ...]:
    return tuple(Finding(ability=one, able=None, seen=seen) for one in _TRAITS)


def _usage(heard: Heard | Refusal) -> Finding:
    if isinstance(heard, Refusal):
        return Finding(ability="usage", able=False, seen=str(heard))
    counted = heard.usage is not None
    seen = "sent with the last event" if counted else "asked for, not sent"
    return Finding(ability="usage", able=counted, seen=seen)


def _piece(text: str) -> str:
    """Two characters from the middle of a reply."""
    middle = len(text) // 2
    return text[middle : middle + 2] or "\n"


def _stop(text: str, again: Heard | Refusal) -> Finding:
    if isinstance(again, Refusal):
        return Finding(ability="stop", able=False, seen=str(again))
    stop = _piece(text)
    before, found, _ = text.partition(stop)
    if not found or len(text) < 2 * len(stop):
        return Finding(ability="stop", able=None, seen="the model said too little to try one")
    if again.text == before:
        return Finding(ability="stop", able=True, seen="honoured, and dropped from the text")
    if again.text == text:
        seen = "ignored: the reply went on; the studio cuts it off by itself"
        return Finding(ability="stop", able=False, seen=seen)
    if again.text.startswith(before + stop):
        return Finding(ability="stop", able=True, seen="honoured, and kept in the text")
    seen = "the same request was answered in other words, so nothing can be told"
    return Finding(ability="stop", able=None, seen=seen)


def _token_ids(asker: Asker, base: dict[str, Any]) -> Finding:
    heard = asker.streamed(base | IDS)
    if isinstance(heard, Refusal):
        return Finding(ability="token_ids", able=False, seen=str(heard))
    if heard.token_ids is None:
        return Finding(ability="token_ids", able=False, seen="asked for, not given")
    if not asker.server.tokenizer:
        return Finding(ability="token_ids", able=None, seen="given; no tokenizer to check them")
    tokenizer = load_tokenizer(asker.server.tokenizer)
    true = tokenizer.decode(list(heard.token_ids), skip_special_tokens=True) == heard.text
    seen = "given, and they say the text" if true else "given, but they do not say the text"
    return Finding(ability="token_ids", able=true, seen=seen)


def _logprobs(asker: Asker, way: Way) -> Finding:
    raw = way.mode == "completions"
    path, asked = ("/completions", 1) if raw else ("/chat/completions", True)
    reply = asker.whole(path, way.body | {"max_tokens": 1, "temperature": 0, "logprobs": asked})
    if isinstance(reply, Refusal):
        return Finding(ability="logprobs", able=False, seen=str(reply))
    choices = reply.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else {}
    given = isinstance(first, dict) and bool(first.get("logprobs"))
    return Finding(
        ability="logprobs", able=given, seen="given" if given else "asked for, not given"
    )


def _cache(again: Heard | Refusal) -> Finding:
    usage = None if isinstance(again, Refusal) else again.usage
    if usage is None or usage.cached_tokens is None:
        seen = "the server does not say what it took from a cache"
        return Finding(ability="prefix_cache", able=None, seen=seen)
    seen = f"{usage.cached_tokens} of {usage.prompt_tokens} prompt tokens came from it"
    return Finding(ability="prefix_cache", able=usage.cached_tokens > 0, seen=seen)
