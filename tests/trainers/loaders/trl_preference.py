"""What TRL's DPOTrainer or KTOTrainer trains on, and the loss of its first step.

Runs in TRL's environment: `python trl_preference.py dpo|kto FOLDER TOKENIZER SCRATCH`. The model is
random; the reference is the same.
"""

import json
import sys

from datasets import load_dataset
from tiny_model import causal_model, config_of
from transformers import AutoTokenizer
from trl import DPOConfig, DPOTrainer, KTOConfig, KTOTrainer

KINDS = {"dpo": (DPOTrainer, DPOConfig), "kto": (KTOTrainer, KTOConfig)}


def main(kind: str, folder: str, name: str, scratch: str) -> None:
    """Train one step on all the rows, and print what was trained on."""
    tokenizer = AutoTokenizer.from_pretrained(name)
    dataset = load_dataset(folder, cache_dir=scratch)["train"]
    trainer_of, settings_of = KINDS[kind]
    config = config_of(settings_of, scratch, len(dataset), max_length=None)
    model, reference = causal_model(len(tokenizer)), causal_model(len(tokenizer))
    trainer = trainer_of(
        model, reference, args=config, train_dataset=dataset, processing_class=tokenizer
    )
    wanted = ("prompt_ids", "chosen_ids", "rejected_ids", "completion_ids", "label")
    rows = [{key: row[key] for key in wanted if key in row} for row in trainer.train_dataset]
    trainer.train()
    print(json.dumps({"rows": rows, "loss": trainer.state.log_history[0]["loss"]}))


if __name__ == "__main__":
    main(*sys.argv[1:])
