"""A Qwen3 that says one text by heart, made without training: what comes next hangs on where it is.

Its attention is uniform and finds which share of all tokens so far begin a message. That share
shrinks with each token, so it tells the position; the feed-forward has a tent over each position's
share, and the head turns each tent into the token that stands behind that position.
"""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

from app.backends.reasoners.base import Request
from app.backends.reasoners.dialects import opening
from app.backends.reasoners.tokenizer import load_tokenizer, opened
from tests.tiny_tokenizer import make_tokenizer

Matrix = NDArray[np.float64]
_POSITIONS = 256
_ONE, _BEGINS, _SHARE, _TENTS = 0, 1, 2, 3
"""Directions of the hidden state; a tent for each position from the fourth on."""
_STEEP = 1e6
"""So that a gate is a ramp."""
_HEAD = 4


def save_model(folder: Path, request: Request, text: str) -> Path:
    """Save a model that answers this request with `text`."""
    tokenizer = load_tokenizer(str(make_tokenizer(folder)))
    prompt = tokenizer.encode(opened(tokenizer, opening(request), ""))
    behind = dict(enumerate([*tokenizer.encode(text), tokenizer.eos_token_id], len(prompt)))
    weights = _weights(len(tokenizer), prompt, behind)
    stored = {name: one.astype(np.float32) for name, one in weights.items()}
    save_file(stored, folder / "model.safetensors", {"format": "pt"})
    config = {
        "architectures": ["Qwen3ForCausalLM"],
        "model_type": "qwen3",
        "vocab_size": len(tokenizer),
        "hidden_size": _TENTS + _POSITIONS,
        "intermediate_size": _POSITIONS,
        "num_hidden_layers": 1,
        "num_attention_heads": 1,
        "num_key_value_heads": 1,
        "head_dim": _HEAD,
        "max_position_embeddings": _POSITIONS,
        "rms_norm_eps": 1e-9,
        "rope_parameters": {"rope_type": "default", "rope_theta": 10_000.0},
        "tie_word_embeddings": False,
        "eos_token_id": tokenizer.eos_token_id,
    }
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    return folder


def _weights(vocabulary: int, prompt: list[int], behind: Mapping[int, int]) -> dict[str, Matrix]:
    """`behind`: the token that follows so many tokens."""
    hidden = _TENTS + _POSITIONS
    embed, head = np.zeros((vocabulary, hidden)), np.zeros((vocabulary, hidden))
    embed[:, _ONE] = 1
    embed[prompt[0], _BEGINS] = 1
    value, out = np.zeros((_HEAD, hidden)), np.zeros((hidden, _HEAD))
    value[0, _BEGINS] = np.sqrt(2 / hidden)  # undoes the norm of a token that begins a message
    out[_SHARE, 0] = 1
    up, gate, down = (np.zeros((_POSITIONS, hidden)) for _ in range(3))
    up[:, _ONE] = 1 / hidden
    for at, token in behind.items():
        head[token, _TENTS + at] = 1
    share = {at: prompt.count(prompt[0]) / at for at in range(min(behind) - 1, max(behind) + 2)}
    for at, here in share.items():
        gate[at, _SHARE], gate[at, _ONE] = _STEEP, -_STEEP * here
    for at in behind:
        before, after = share[at - 1] - share[at], share[at] - share[at + 1]
        for corner, slope in ((-1, 1 / before), (0, -1 / before - 1 / after), (1, 1 / after)):
            down[at + corner, _TENTS + at] = slope / _STEEP
    layer = "model.layers.0"
    nothing = np.zeros((_HEAD, hidden))
    return {
        "model.embed_tokens.weight": embed,
        "model.norm.weight": np.ones(hidden),
        "lm_head.weight": head,
        f"{layer}.input_layernorm.weight": np.ones(hidden),
        f"{layer}.post_attention_layernorm.weight": np.ones(hidden),
        f"{layer}.self_attn.q_proj.weight": nothing,
        f"{layer}.self_attn.k_proj.weight": nothing,
        f"{layer}.self_attn.v_proj.weight": value,
        f"{layer}.self_attn.o_proj.weight": out,
        f"{layer}.self_attn.q_norm.weight": np.ones(_HEAD),
        f"{layer}.self_attn.k_norm.weight": np.ones(_HEAD),
        f"{layer}.mlp.gate_proj.weight": gate,
        f"{layer}.mlp.up_proj.weight": up,
        f"{layer}.mlp.down_proj.weight": np.ascontiguousarray(down.T),
    }
