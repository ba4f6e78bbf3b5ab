"""A model's own tokenizer and chat template, from a local folder or the hub, by transformers.

Promises: a prompt is the template's text and the path behind it, to the byte. Earlier thinking is
not stripped, because the template never sees it; where the template opens the thinking and the path
does too, it is opened once.
"""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from app.backends.reasoners.base import ReasonerError
from app.core.trace import Step

_LOADING = Lock()
_THINK = "<think>"
Message = dict[str, Any]


def load_tokenizer(name: str) -> Any:
    """The tokenizer of a folder or a hub id. Raises ReasonerError where it can't be had."""
    with _LOADING:
        return _loaded(name)


@lru_cache(maxsize=8)
def _loaded(name: str) -> Any:
    # Threads that import transformers at the same moment fail: its names come one by one.
    from transformers import AutoTokenizer

    if name.startswith(("/", ".")) and not Path(name).is_dir():  # it would be taken for a hub's
        message = f"The tokenizer {name!r} can't be loaded: there is no such folder."
        raise ReasonerError(message, retryable=False)
    try:
        return AutoTokenizer.from_pretrained(name)
    except (OSError, ValueError, KeyError) as error:
        message = f"The tokenizer {name!r} can't be loaded: {str(error)[:300]}"
        raise ReasonerError(message, retryable=False) from error


def opened(tokenizer: Any, messages: Sequence[Message], text: str) -> str:
    """The prompt by the model's chat template, up to where `text`, the reply so far, begins."""
    prompt: str = tokenizer.apply_chat_template(
        list(messages), add_generation_prompt=True, tokenize=False
    )
    if prompt.rstrip().endswith(_THINK) and text.startswith(_THINK):
        prompt = prompt.rstrip().removesuffix(_THINK)
    return prompt


def render(tokenizer: Any, messages: Sequence[Message], text: str) -> str:
    """The whole prompt, with `text` as the beginning of the reply."""
    return opened(tokenizer, messages, text) + text


def for_text(tokenizer: Any, prompt: str) -> str:
    """A prompt as it is sent in words: without the token that a server puts before each by itself.

    Servers tokenise words as the tokenizer does by default; one that begins with a token of its own
    would otherwise begin twice, because templates write it too.
    """
    first = tokenizer.bos_token
    adds = bool(first) and tokenizer("").input_ids[:1] == [tokenizer.bos_token_id]
    return prompt.removeprefix(first) if adds else prompt


def prompt_ids(tokenizer: Any, start: str, path: Sequence[Step]) -> list[int]:
    """A prompt as token ids: a server's own where it gave them and they still say the step's text.

    What lies between, such as outputs, hints and a step that a cut went through, is tokenised here.
    """
    ids: list[int] = []
    anew = start
    for step in path:
        own = _own(tokenizer, step)
        if own is None:
            anew += step.text
        else:
            ids += [*_ids(tokenizer, anew), *own]
            anew = ""
    return ids + _ids(tokenizer, anew)


def count_tokens(tokenizer: Any, text: str) -> int:
    """The tokens of `text` alone."""
    return len(_ids(tokenizer, text))


def _ids(tokenizer: Any, text: str) -> list[int]:
    return list(tokenizer.encode(text, add_special_tokens=False)) if text else []


def _own(tokenizer: Any, step: Step) -> tuple[int, ...] | None:
    """The server's ids of a step, where they say its text and no more."""
    ids = step.token_ids
    return ids if ids and tokenizer.decode(list(ids)) == step.text else None
