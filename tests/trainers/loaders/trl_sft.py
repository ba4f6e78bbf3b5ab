"""What TRL's SFTTrainer trains on, and the loss of its first step beside one computed by hand.

Runs in TRL's environment: `python trl_sft.py FOLDER TOKENIZER SCRATCH [SETTINGS]`, the last being
fields of SFTConfig as JSON. The model is random, the same for both losses.
"""

import json
import sys
from copy import deepcopy

import torch
from datasets import load_dataset
from tiny_model import causal_model, config_of
from transformers import AutoTokenizer
from trl import SFTConfig, SFTTrainer

NONE = -100


def main(folder: str, name: str, scratch: str, settings: str = "{}") -> None:
    """Train one step on all the rows, and print what was trained on."""
    tokenizer = AutoTokenizer.from_pretrained(name)
    dataset = load_dataset(folder, cache_dir=scratch)["train"]
    model = causal_model(len(tokenizer))
    untrained = deepcopy(model)
    chosen = {"max_length": None} | json.loads(settings)
    config = config_of(SFTConfig, scratch, len(dataset), **chosen)
    trainer = SFTTrainer(model, config, train_dataset=dataset, processing_class=tokenizer)
    # With labels of its own the trainer reads batches just so; all rows are in this one.
    rows = [
        {"input_ids": row["input_ids"], "labels": row["labels"]} for row in trainer.train_dataset
    ]
    trainer.train()
    report = {
        "rows": rows,
        "loss": trainer.state.log_history[0]["loss"],
        "by_hand": by_hand(untrained, dataset if "labels" in dataset.column_names else rows),
    }
    print(json.dumps(report))


def by_hand(model, rows) -> float:
    """The mean of -log p over all trained tokens of all rows, each row alone and not padded."""
    total, count = 0.0, 0
    for row in rows:
        ids = torch.tensor([row["input_ids"]])
        with torch.no_grad():
            told = torch.log_softmax(model(input_ids=ids).logits[0].double(), dim=-1)
        for at, label in enumerate(row["labels"][1:]):
            if label != NONE:
                total -= told[at, label].item()
                count += 1
    return total / count


if __name__ == "__main__":
    main(*sys.argv[1:])
