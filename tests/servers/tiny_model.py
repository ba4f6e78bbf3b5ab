"""A tiny Qwen3 that has learnt one scripted problem with two branches by heart.

Run with a Python that has torch: `python -m tests.servers.tiny_model FOLDER`. It trains from
scratch on the CPU in about a minute, and saves a model that `transformers serve` can serve.
"""

import sys
from pathlib import Path

SYSTEM = "Use Python."
QUESTION = "A box holds 4. How many boxes for 10?"
HINT = "Wait, the last box may be part full."
WRONG = "I divide.\n```python\nprint(10 // 4)\n```\n```output\n2\n```\nSo \\boxed{2}."
RIGHT = (
    f"I divide.\n{HINT}\n```python\nprint(-(-10 // 4))\n```\n```output\n3\n```\nSo \\boxed{{3}}."
)
_STEPS = 1_500
_GOOD = 0.004


def main(folder: Path) -> None:
    """Train until the texts are known by heart, and save model and tokenizer."""
    import torch
    from transformers import AutoTokenizer, Qwen3Config, Qwen3ForCausalLM

    from tests.tiny_tokenizer import make_tokenizer

    torch.manual_seed(0)
    tokenizer = AutoTokenizer.from_pretrained(make_tokenizer(folder))
    config = Qwen3Config(
        vocab_size=len(tokenizer),
        hidden_size=128,
        intermediate_size=256,
        num_hidden_layers=3,
        num_attention_heads=4,
        num_key_value_heads=4,
        head_dim=32,
        max_position_embeddings=1024,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        tie_word_embeddings=True,
    )
    model = Qwen3ForCausalLM(config)
    batch = _batch(tokenizer)
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
    for _ in range(_STEPS):
        loss = model(**batch).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        if loss.item() < _GOOD:
            break
    print(f"loss {loss.item():.4f}")
    model.save_pretrained(folder)


def _batch(tokenizer):  # type: ignore[no-untyped-def]
    """Both branches behind the prompt, as tensors.

    The loss is on what the Reasoner says: not on the prompt, nor on the path up to the hint, so
    that without a hint the wrong branch is the only one.
    """
    import torch

    messages = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": QUESTION}]
    prompt = tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
    hinted = prompt + RIGHT[: RIGHT.index("```python")]
    rows = [tokenizer.encode(f"{prompt}{text}{tokenizer.eos_token}") for text in (WRONG, RIGHT)]
    starts = [len(tokenizer.encode(before)) for before in (prompt, hinted)]
    ids = torch.full((2, max(map(len, rows))), tokenizer.pad_token_id)
    labels = torch.full_like(ids, -100)
    for at, (row, start) in enumerate(zip(rows, starts, strict=True)):
        ids[at, : len(row)] = torch.tensor(row)
        labels[at, start : len(row)] = torch.tensor(row[start:])
    return {"input_ids": ids, "labels": labels}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
