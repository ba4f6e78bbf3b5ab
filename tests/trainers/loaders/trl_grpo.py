"""What TRL's GRPOTrainer gives a reward of each problem, over one step with a random model.

Runs in TRL's environment: `python trl_grpo.py FOLDER TOKENIZER SCRATCH`.
"""

import json
import sys

from datasets import load_dataset
from tiny_model import causal_model, config_of
from transformers import AutoTokenizer
from trl import GRPOConfig, GRPOTrainer

TWICE = 2


def main(folder: str, name: str, scratch: str) -> None:
    """Train one step, and print each prompt and column that the reward was given."""
    tokenizer = AutoTokenizer.from_pretrained(name)
    dataset = load_dataset(folder, cache_dir=scratch)["train"]
    given = []

    def reward(prompts, completions, **columns):
        kept = {key: columns[key] for key in dataset.column_names if key in columns}
        given.extend(
            {"prompt": prompt} | {key: values[at] for key, values in kept.items()}
            for at, prompt in enumerate(prompts)
        )
        return [float(at % TWICE) for at, _ in enumerate(completions)]

    batch = TWICE * len(dataset)
    config = config_of(
        GRPOConfig, scratch, batch, num_generations=TWICE, max_completion_length=4, seed=1
    )
    model = causal_model(len(tokenizer))
    trainer = GRPOTrainer(
        model, reward, args=config, train_dataset=dataset, processing_class=tokenizer
    )
    trainer.train()
    print(json.dumps({"given": given}))


if __name__ == "__main__":
    main(*sys.argv[1:])
