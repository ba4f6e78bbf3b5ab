"""A random Qwen3 of two layers, and how the trainers of TRL are set to train it for one step."""

from typing import Any

import torch
from transformers import Qwen3Config, Qwen3ForCausalLM


def causal_model(vocabulary: int) -> Qwen3ForCausalLM:
    """The same model each time."""
    torch.manual_seed(0)
    torch.set_num_threads(1)
    config = Qwen3Config(
        vocab_size=vocabulary,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
        head_dim=16,
        max_position_embeddings=2048,
        tie_word_embeddings=True,
    )
    return Qwen3ForCausalLM(config)


def config_of(kind: type, scratch: str, batch: int, **settings: Any) -> Any:
    """One step on the CPU over `batch` rows, written nowhere but to `scratch`."""
    defaults = {
        "output_dir": scratch,
        "per_device_train_batch_size": batch,
        "max_steps": 1,
        "logging_steps": 1,
        "report_to": "none",
        "save_strategy": "no",
        "use_cpu": True,
        "bf16": False,
        "disable_tqdm": True,
    }
    return kind(**defaults | settings)
