"""The forward pass of a small dense Qwen3 in numpy: scores for the next token, without torch.

Promises: the scores of transformers' `Qwen3ForCausalLM` within rounding, for weights of 16 or 32
bits in one safetensors file. What the last prompt has in common with this one is not read again.
Made for models of a few million parameters; a large one is slow here, not wrong.
Source: transformers, models/qwen3/modeling_qwen3.py (grouped queries, norms on queries and keys,
rotary positions, gated feed-forward).
"""

import json
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.backends.reasoners.token_by_token import ends_in, in_common

Array = NDArray[np.float32]


class _Layer(NamedTuple):
    """The weights of a layer; every matrix is (out, in)."""

    norm: Array
    q: Array
    k: Array
    v: Array
    o: Array
    q_norm: Array
    k_norm: Array
    mlp_norm: Array
    gate: Array
    up: Array
    down: Array


_NAMES = {
    "norm": "input_layernorm",
    "q": "self_attn.q_proj",
    "k": "self_attn.k_proj",
    "v": "self_attn.v_proj",
    "o": "self_attn.o_proj",
    "q_norm": "self_attn.q_norm",
    "k_norm": "self_attn.k_norm",
    "mlp_norm": "post_attention_layernorm",
    "gate": "mlp.gate_proj",
    "up": "mlp.up_proj",
    "down": "mlp.down_proj",
}


class SmallQwen3:
    """A model in memory, and the keys and values of the last prompt that it read."""

    def __init__(self, folder: Path) -> None:
        """Raises OSError, ValueError, KeyError or SafetensorError for a folder that holds none."""
        self.lock = Lock()
        config, weights = _read(folder)
        self._eps = float(config["rms_norm_eps"])
        self._head = int(config["head_dim"])
        self.context = int(config["max_position_embeddings"])
        self._ends = _ends(config, folder)
        self._embed = weights["model.embed_tokens.weight"]
        self._scores = weights.get("lm_head.weight", self._embed)
        self._norm = weights["model.norm.weight"]
        self._layers = [_layer(weights, at) for at in range(int(config["num_hidden_layers"]))]
        self._turns = _turns(self.context, self._head, _theta(config))
        kept = (len(self._layers), self.context, len(self._layers[0].k) // self._head, self._head)
        self._keys, self._values = np.zeros(kept, np.float32), np.zeros(kept, np.float32)
        self._ids: list[int] = []

    def ends(self) -> set[int]:
        """The tokens that end a reply."""
        return self._ends

    def read(self, ids: list[int]) -> tuple[Array, int]:
        """The scores behind the last of `ids`, and how many of them were not computed anew."""
        common = in_common(self._ids, ids[:-1])
        self._ids = self._ids[:common]
        x = self._embed[ids[common:]]
        for at, layer in enumerate(self._layers):
            x = x + self._attend(at, layer, _normed(x, layer.norm, self._eps), common)
            x = x + _fed(layer, _normed(x, layer.mlp_norm, self._eps))
        self._ids = list(ids)
        return self._scores @ _normed(x[-1], self._norm, self._eps), common

    def _attend(self, at: int, layer: _Layer, x: Array, begin: int) -> Array:
        """Causal attention of the new positions to all up to themselves; x is (new, hidden)."""
        new, end = len(x), begin + len(x)
        cos, sin = self._turns[0][begin:end, None], self._turns[1][begin:end, None]
        q = _turned(_normed(self._heads(x @ layer.q.T), layer.q_norm, self._eps), cos, sin)
        k = _turned(_normed(self._heads(x @ layer.k.T), layer.k_norm, self._eps), cos, sin)
        self._keys[at, begin:end] = k
        self._values[at, begin:end] = self._heads(x @ layer.v.T)
        keys, values = self._keys[at, :end], self._values[at, :end]
        # Several heads of queries share one of keys: (new, kv, group, head).
        q = q.reshape(new, keys.shape[1], -1, self._head)
        scores = np.einsum("nkgd,ekd->kgne", q, keys, optimize=True) / np.sqrt(self._head)
        hidden = np.arange(end)[None] > np.arange(begin, end)[:, None]
        weights = _softmax(np.where(hidden, -np.inf, scores).astype(np.float32))
        mixed = np.einsum("kgne,ekd->nkgd", weights, values, optimize=True)
        return np.asarray(mixed.reshape(new, -1) @ layer.o.T, np.float32)

    def _heads(self, x: Array) -> Array:
        return x.reshape(len(x), -1, self._head)


def _normed(x: Array, weight: Array, eps: float) -> Array:
    """Root-mean-square norm over the last axis."""
    return np.asarray(x / np.sqrt((x * x).mean(-1, keepdims=True) + eps) * weight, np.float32)


def _turned(x: Array, cos: Array, sin: Array) -> Array:
    """Rotary positions: each pair (i, i + half) turned by its angle; x is (new, heads, head)."""
    one, two = np.split(x, 2, axis=-1)
    return np.concatenate([one * cos - two * sin, two * cos + one * sin], axis=-1)


def _softmax(x: Array) -> Array:
    x = np.exp(x - x.max(-1, keepdims=True))
    return np.asarray(x / x.sum(-1, keepdims=True), np.float32)


def _fed(layer: _Layer, x: Array) -> Array:
    """The gated feed-forward of a layer."""
    gate = x @ layer.gate.T
    opened = gate * (0.5 + 0.5 * np.tanh(gate / 2))  # the sigmoid, where exp would overflow
    return np.asarray((opened * (x @ layer.up.T)) @ layer.down.T, np.float32)


def _turns(context: int, head: int, theta: float) -> tuple[Array, Array]:
    """Cosines and sines of every position, each (context, head / 2)."""
    speeds = theta ** (-np.arange(0, head, 2) / head)
    angles = np.arange(context)[:, None] * speeds
    return np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)


def _theta(config: dict[str, Any]) -> float:
    rope = config.get("rope_parameters") or config
    return float(rope.get("rope_theta", 10_000.0))


def _ends(config: dict[str, Any], folder: Path) -> set[int]:
    generation = folder / "generation_config.json"
    given = json.loads(generation.read_text("utf-8")) if generation.is_file() else {}
    return ends_in({**config, **given}["eos_token_id"])


def _layer(weights: dict[str, Array], at: int) -> _Layer:
    return _Layer(
        **{key: weights[f"model.layers.{at}.{name}.weight"] for key, name in _NAMES.items()}
    )


def _read(folder: Path) -> tuple[dict[str, Any], dict[str, Array]]:
    """A folder's settings and its weights in float32."""
    from safetensors.numpy import load_file

    config = json.loads((folder / "config.json").read_text("utf-8"))
    if config["model_type"] != "qwen3":
        raise ValueError(f"it is no dense Qwen3: its type is {config['model_type']!r}")
    weights = load_file(folder / "model.safetensors")
    return config, {name: weight.astype(np.float32) for name, weight in weights.items()}
