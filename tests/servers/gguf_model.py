"""The tiny model of tiny_model.py as a GGUF file, for llama.cpp's servers.

Run with a Python that has gguf and safetensors: `python -m tests.servers.gguf_model FOLDER FILE`.
The weights stay in float32, so what was learnt by heart is said to the letter.
"""

import json
import sys
from pathlib import Path
from typing import Any

_UNUSED_MERGE = "\u0100 \u0100"
"""Two NUL bytes: the file has to name a merge, and the tokenizer of bytes has none."""


def main(folder: Path, file: Path) -> None:
    """Write the model and the tokenizer in `folder` to `file`."""
    from gguf import GGUFWriter

    writer = GGUFWriter(file, "qwen3")
    config = json.loads((folder / "config.json").read_text("utf-8"))
    _add_shape(writer, config)
    _add_tokenizer(writer, folder, config)
    _add_tensors(writer, folder, config["num_hidden_layers"])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _add_shape(writer: Any, config: dict[str, Any]) -> None:
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_key_length(config["head_dim"])
    writer.add_value_length(config["head_dim"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_rope_freq_base(config["rope_parameters"]["rope_theta"])


def _add_tokenizer(writer: Any, folder: Path, config: dict[str, Any]) -> None:
    from gguf import TokenType

    tokenizer = json.loads((folder / "tokenizer.json").read_text("utf-8"))
    special = {one["content"]: one["id"] for one in tokenizer["added_tokens"]}
    ids = tokenizer["model"]["vocab"] | special
    words = sorted(ids, key=ids.__getitem__)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(words)
    kinds = [TokenType.CONTROL if word in special else TokenType.NORMAL for word in words]
    writer.add_token_types(kinds)
    writer.add_token_merges([_UNUSED_MERGE])
    writer.add_eos_token_id(config["eos_token_id"])
    writer.add_pad_token_id(config["pad_token_id"])
    writer.add_add_bos_token(False)
    writer.add_chat_template((folder / "chat_template.jinja").read_text("utf-8"))


def _add_tensors(writer: Any, folder: Path, layers: int) -> None:
    from gguf import MODEL_ARCH, get_tensor_name_map
    from safetensors import safe_open

    names = get_tensor_name_map(MODEL_ARCH.QWEN3, layers)
    with safe_open(folder / "model.safetensors", "np") as tensors:
        for name in tensors.keys():  # noqa: SIM118 - the file itself is not iterable
            known = names.get_name(name, try_suffixes=(".weight",))
            writer.add_tensor(known, tensors.get_tensor(name))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
