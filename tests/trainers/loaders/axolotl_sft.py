"""What Axolotl trains on: its own preparation of a dataset by its configuration, as JSON.

Runs in Axolotl's environment: `python axolotl_sft.py FOLDER TOKENIZER SCRATCH [SETTINGS]`, the last
being fields of the configuration as JSON.
"""

import json
import sys

from axolotl.utils.data.sft import prepare_datasets
from axolotl.utils.dict import DictDefault
from transformers import AutoTokenizer


def main(folder: str, name: str, scratch: str, settings: str = "{}") -> None:
    """Print the rows of the training set."""
    chosen = {
        "datasets": [{"path": folder, "type": "input_output", "split": "train"}],
        "dataset_prepared_path": scratch,
        "sequence_len": 4096,
        "excess_length_strategy": "raise",
        "val_set_size": 0,
        "train_on_inputs": False,
        "micro_batch_size": 1,
        "batch_size": 1,
        "gradient_accumulation_steps": 1,
        "num_epochs": 1,
        "dataset_num_proc": 1,
        "seed": 0,
    }
    config = DictDefault(chosen | json.loads(settings))
    dataset, *_ = prepare_datasets(config, AutoTokenizer.from_pretrained(name))
    kept = ("input_ids", "labels")
    print(json.dumps({"rows": [{key: row[key] for key in kept} for row in dataset]}))


if __name__ == "__main__":
    main(*sys.argv[1:])
