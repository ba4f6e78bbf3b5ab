"""A model's own tokenizer and chat template, from a local folder or the hub, by transformers."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from app.backends.reasoners.base import ReasonerError

_THINK = "<think>"
Message = dict[str, Any]


@lru_cache(maxsize=8)
def load_tokenizer(name: str) -> Any:
    """The tokenizer of a folder or a hub id. Raises ReasonerError where it can't be had."""
    from transformers import AutoTokenizer

    try:
        return AutoTokenizer.from_pretrained(name)
    except (OSError, ValueError, KeyError) as error:
        message = f"The tokenizer {name!r} can't be loaded: {str(error)[:300]}"
        raise ReasonerError(message, retryable=False) from error


def render(tokenizer: Any, messages: Sequence[Message], text: str) -> str:
    """The prompt by the model's chat template, with `text` as the beginning of the reply.

    Where the template opens the thinking and `text` does too, it is opened once. The text keeps
    every byte: earlier thinking is not stripped, because the template never sees it.
    """
    prompt: str = tokenizer.apply_chat_template(
        list(messages), add_generation_prompt=True, tokenize=False
    )
    if prompt.rstrip().endswith(_THINK) and text.startswith(_THINK):
        prompt = prompt.rstrip().removesuffix(_THINK)
    return prompt + text


def count_tokens(tokenizer: Any, text: str) -> int:
    """The tokens of `text` alone."""
    return len(tokenizer.encode(text, add_special_tokens=False))
