"""A model's tokenizer for a dataset: the same one that prompts are made with, and its hashes."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from app.backends.reasoners.base import ReasonerError
from app.backends.reasoners.tokenizer import load_tokenizer, opened
from app.core.errors import Refused
from app.core.language import _


def load_tokens(name: str) -> "ModelTokens":
    """The tokenizer of a folder or a hub id. Raises Refused where it can't be had or has no
    template or no end of a sequence."""
    try:
        tokens = load_tokenizer(name)
    except ReasonerError as error:
        raise Refused(str(error)) from error
    if not tokens.chat_template or not tokens.eos_token:
        raise Refused(
            _("The tokenizer %(name)s has no chat template or no end token.", name=repr(name))
        )
    return ModelTokens(name, tokens)


class ModelTokens:
    """What `export.tokens.Tokens` asks for, of a transformers tokenizer."""

    def __init__(self, name: str, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self.name = name
        self.end: str = tokenizer.eos_token
        self.template_hash = _sha256(str(tokenizer.chat_template))
        self.hash = _sha256(_rules(tokenizer))

    def opened(self, messages: Sequence[dict[str, Any]], text: str) -> str:
        """The prompt by the chat template, up to where the reply `text` begins."""
        return opened(self._tokenizer, messages, text)

    def ids(self, text: str) -> list[int]:
        """`text` alone as token ids, nothing added."""
        return list(self._tokenizer.encode(text, add_special_tokens=False)) if text else []

    def text(self, ids: Sequence[int]) -> str:
        """The text that these ids say, special tokens too."""
        said: str = self._tokenizer.decode(list(ids), clean_up_tokenization_spaces=False)
        return said


def _rules(tokenizer: Any) -> str:
    """All that decides which ids a text becomes."""
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is not None:
        return str(backend.to_str())
    return json.dumps([type(tokenizer).__name__, tokenizer.get_vocab()], sort_keys=True)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
