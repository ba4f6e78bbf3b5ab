"""A model in the worker itself, by transformers and torch: no server, on a GPU where there is one.

Promises: what the last prompt has in common with this one is not computed again. torch is imported
when a model is, and named where it is missing.
"""

from collections.abc import Mapping
from functools import lru_cache
from importlib.util import find_spec
from threading import Lock
from typing import Any

from app.backends.reasoners.base import ReasonerError
from app.backends.reasoners.token_by_token import TokenReasoner, ends_in, in_common
from app.core.errors import Invalid

_NO_TORCH = (
    "A model in the worker needs torch, which is not installed here; the extra `servers` brings "
    "it: pip install 'calm-studio[servers]'."
)


def make(config: Mapping[str, Any], key: str = "") -> TokenReasoner:
    """A Reasoner that runs `config["model"]`, a folder or a hub id. There is no use for a key.

    Raises Invalid where no model is named, or torch is missing.
    """
    if not config.get("model"):
        raise Invalid("Name the model: a local folder or a hub id.")
    if find_spec("torch") is None:
        raise Invalid(_NO_TORCH)
    return TokenReasoner(str(config["model"]), _load)


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
        self.context = int(model.config.max_position_embeddings)
        self._ids: list[int] = []
        self._cache: Any = None

    def read(self, ids: list[int]) -> tuple[Any, int]:
        """The scores behind the last of `ids`, and how many of them were not computed anew."""
        import torch

        common = in_common(self._ids, ids[:-1]) if self._cache is not None else 0
        if common and common < len(self._ids):
            self._cache.crop(common - len(self._ids))
        rest = torch.tensor([ids[common:]], device=self.model.device)
        # A pass that fails, out of memory for one, leaves half a cache: nobody may go on from it.
        cache, self._cache = self._cache, None
        with torch.inference_mode():
            given = self.model(rest, past_key_values=cache if common else None, use_cache=True)
        self._ids, self._cache = list(ids), given.past_key_values
        return given.logits[0, -1].float().cpu().numpy(), common

    def ends(self) -> set[int]:
        """The tokens that end a reply."""
        return ends_in(self.model.generation_config.eos_token_id)


@lru_cache(maxsize=1)
def _load(name: str) -> _Loaded:
    return _Loaded(name)
