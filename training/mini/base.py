"""The miniature's base: a small Qwen3 trained from nothing to write traces, flaws and all.

Promises: the same seed gives the same data and the same start; the loss is on what the Reasoner
wrote, never on the problem or on outputs. Matrices are trained with Muon, the rest with AdamW.
"""

import json
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import torch
from transformers import Qwen3Config, Qwen3ForCausalLM, set_seed

from app.backends.reasoners.tokens import load_tokens
from export.rows import Segment
from export.tokens import IGNORED, Tokens, tokenized
from training.mini.draw import problems
from training.mini.habits import NATIVE, Part, write
from training.mini.tokenizer import END, PAD, train_tokenizer

_READ = 4000
"""So many traces are enough to find the tokenizer's words."""
_SHAPE: dict[str, Any] = {
    "hidden_size": 192,
    "intermediate_size": 512,
    "num_hidden_layers": 4,
    "num_attention_heads": 6,
    "num_key_value_heads": 2,
    "head_dim": 32,
    "max_position_embeddings": 2048,
}


class Example(NamedTuple):
    """A tokenized trace; `labels` are IGNORED where there is no loss."""

    ids: list[int]
    labels: list[int]


class Plan(NamedTuple):
    """How much is read, and how fast it is learnt. Rates fall to 0 over the last 40% of steps."""

    traces: int = 40_000
    epochs: int = 1
    batch: int = 32
    muon: float = 0.02
    adam: float = 3e-3


PLAN = Plan()


def train_base(folder: Path, *, seed: int = 0, plan: Plan = PLAN) -> None:
    """Train a base and its tokenizer, and save both into `folder` with what the training logged."""
    set_seed(seed)
    folder.mkdir(parents=True, exist_ok=True)
    pairs = list(islice(_pairs(seed), plan.traces))
    texts = (text for question, parts in pairs[:_READ] for text in (question, _text(parts)))
    tokenizer = train_tokenizer(texts, folder)
    tokens = load_tokens(str(folder))
    examples = [example(tokens, question, parts) for question, parts in pairs]
    model: Any = _model(tokenizer)
    with (folder / "base.jsonl").open("w") as log:
        for told in _learn(model, examples, plan, seed):
            print(json.dumps(told), file=log, flush=True)
    model.half().save_pretrained(folder)


def _pairs(seed: int) -> Iterator[tuple[str, tuple[Part, ...]]]:
    rng = Random(f"habits {seed}")
    for small in problems(seed):
        yield small.question, write(small, NATIVE, rng)


def _text(parts: tuple[Part, ...]) -> str:
    return "".join(part.text for part in parts)


def example(tokens: Tokens, question: str, parts: Sequence[Part]) -> Example:
    """A trace as a row of training, tokenized as every dataset is."""
    prompt = tokens.opened([{"role": "user", "content": question}], "")
    segments = [_segment(part) for part in parts]
    return Example(*tokenized(prompt, segments, tokens))


def _segment(part: Part) -> Segment:
    own = part.author == "reasoner"
    return Segment(part.text, part.author, "thought" if own else "output", trained=own)


def _model(tokenizer: Any) -> Qwen3ForCausalLM:
    config = Qwen3Config(
        vocab_size=len(tokenizer),
        tie_word_embeddings=True,
        rope_parameters={"rope_type": "default", "rope_theta": 10_000.0},
        pad_token_id=tokenizer.convert_tokens_to_ids(PAD),
        eos_token_id=tokenizer.convert_tokens_to_ids(END),
        bos_token_id=None,
        **_SHAPE,
    )
    return Qwen3ForCausalLM(config)


def _learn(
    model: Any, examples: list[Example], plan: Plan, seed: int
) -> Iterator[dict[str, float]]:
    batches = list(_batches(examples, plan, seed))
    optimizers = _optimizers(model, plan)
    schedules = [
        torch.optim.lr_scheduler.LambdaLR(one, lambda step: _rate(step, len(batches)))
        for one in optimizers
    ]
    begun, pad = time.monotonic(), model.config.pad_token_id
    for step, batch in enumerate(batches):
        loss = model(**_tensors(batch, pad)).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for one in (*optimizers, *schedules):
            one.step()
        model.zero_grad()
        if step % 20 == 0 or step == len(batches) - 1:
            seconds = round(time.monotonic() - begun, 1)
            yield {"step": step, "of": len(batches), "loss": loss.item(), "seconds": seconds}


def _optimizers(model: Any, plan: Plan) -> list[torch.optim.Optimizer]:
    inner = [p for name, p in model.named_parameters() if p.ndim == 2 and "embed" not in name]
    chosen = {id(p) for p in inner}
    rest = [p for p in model.parameters() if id(p) not in chosen]
    return [
        torch.optim.Muon(inner, lr=plan.muon, weight_decay=0.01),
        torch.optim.AdamW(rest, lr=plan.adam, betas=(0.9, 0.95), weight_decay=0.0),
    ]


def _rate(step: int, steps: int) -> float:
    """A short rise, a plain, and a fall to 0 over the last 40%."""
    return min(1.0, (step + 1) / 50, max(0.0, (steps - step) / (0.4 * steps)))


def _batches(examples: list[Example], plan: Plan, seed: int) -> Iterator[list[Example]]:
    """Traces of like length together, in an order drawn anew each epoch."""
    rng = Random(seed)
    for _ in range(plan.epochs):
        order = rng.sample(examples, len(examples))
        for at in range(0, len(order), plan.batch * 50):
            chunk = sorted(order[at : at + plan.batch * 50], key=lambda one: len(one.ids))
            batches = [chunk[i : i + plan.batch] for i in range(0, len(chunk), plan.batch)]
            yield from rng.sample(batches, len(batches))


def _tensors(batch: list[Example], pad: int) -> dict[str, torch.Tensor]:
    longest = max(len(one.ids) for one in batch)
    ids = [one.ids + [pad] * (longest - len(one.ids)) for one in batch]
    labels = [one.labels + [IGNORED] * (longest - len(one.labels)) for one in batch]
    mask = [[1] * len(one.ids) + [0] * (longest - len(one.ids)) for one in batch]
    return {
        "input_ids": torch.tensor(ids),
        "attention_mask": torch.tensor(mask),
        "labels": torch.tensor(labels),
    }


def main() -> None:
    """`python -m training.mini.base FOLDER`: the base that the project carries, by its seed."""
    parser = ArgumentParser(description="Train the miniature's base from nothing.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    train_base(asked.folder, seed=asked.seed)


if __name__ == "__main__":
    main()
