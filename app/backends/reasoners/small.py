"""A small Qwen3 in the worker itself, in numpy: no server, no torch, no GPU.

What it is for: the miniature's models, which a plain start carries. A model of more than some ten
million parameters belongs to `transformers` or to a server.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from safetensors import SafetensorError

from app.backends.reasoners.base import ReasonerError
from app.backends.reasoners.qwen3 import SmallQwen3
from app.backends.reasoners.token_by_token import TokenReasoner
from app.core.errors import Invalid


def make(config: Mapping[str, Any], key: str = "") -> TokenReasoner:
    """A Reasoner that runs the model in the folder `config["model"]`. There is no use for a key.

    Raises Invalid where no model is named.
    """
    if not config.get("model"):
        raise Invalid("Name the model: a local folder.")
    return TokenReasoner(str(config["model"]), _load)


@lru_cache(maxsize=2)
def _load(name: str) -> SmallQwen3:
    try:
        return SmallQwen3(Path(name))
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        told = f"The model {name!r} can't be loaded: {str(error)[:300]}"
        raise ReasonerError(told, retryable=False) from error
