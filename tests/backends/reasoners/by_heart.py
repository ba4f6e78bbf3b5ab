"""A model that says one text by heart, made without training: what comes next hangs on where it is.

Its embedding of words is nothing and that of each position a direction of its own, its one layer
adds nothing, and its head turns each position's direction into the token that stands behind it.
"""

from pathlib import Path

from app.backends.reasoners.base import Request
from app.backends.reasoners.dialects import opening
from app.backends.reasoners.tokenizer import load_tokenizer, opened
from tests.tiny_tokenizer import make_tokenizer

_POSITIONS = 256


def save_model(folder: Path, request: Request, text: str) -> Path:
    """Save a model that answers this request with `text`. Needs torch."""
    import torch
    from transformers import GPT2Config, GPT2LMHeadModel

    tokenizer = load_tokenizer(str(make_tokenizer(folder)))
    start = len(tokenizer.encode(opened(tokenizer, opening(request), "")))
    config = GPT2Config(
        vocab_size=len(tokenizer),
        n_positions=_POSITIONS,
        n_embd=_POSITIONS,
        n_layer=1,
        n_head=1,
        eos_token_id=tokenizer.eos_token_id,
        tie_word_embeddings=False,
    )
    model = GPT2LMHeadModel(config)
    parts = model.transformer
    with torch.no_grad():
        layer = parts.h[0]
        for nothing in (parts.wte, layer.attn.c_proj, layer.mlp.c_proj, model.lm_head):
            nothing.weight.zero_()
        parts.wpe.weight.copy_(torch.eye(_POSITIONS))
        for at, token in enumerate([*tokenizer.encode(text), tokenizer.eos_token_id], start - 1):
            model.lm_head.weight[token, at] = 1
    model.save_pretrained(folder)
    return folder
