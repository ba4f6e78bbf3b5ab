"""What verl's SFT trainer trains on: its dataset class by its own settings, as JSON.

Runs in verl's environment: `python verl_sft.py FOLDER TOKENIZER [SETTINGS]`, the last being fields
of `data` as JSON.
"""

import json
import sys
from pathlib import Path

import verl
from omegaconf import OmegaConf
from verl.trainer.sft_trainer import create_sft_dataset
from verl.utils import hf_tokenizer


def main(folder: str, name: str, settings: str = "{}") -> None:
    """Print each row's ids and labels."""
    defaults = Path(verl.__file__).parent / "trainer" / "config" / "sft_trainer_engine.yaml"
    config = OmegaConf.merge(OmegaConf.load(defaults).data, json.loads(settings))
    files = [str(Path(folder) / "train.parquet")]
    rows = create_sft_dataset(files, config, hf_tokenizer(name), None)
    print(json.dumps({"rows": [_row(rows[at]) for at in range(len(rows))]}))


def _row(item) -> dict[str, list[int]]:
    ids, trained = item["input_ids"].tolist(), item["loss_mask"].tolist()
    labels = [token if mask else -100 for token, mask in zip(ids, trained, strict=True)]
    return {"input_ids": ids, "labels": labels}


if __name__ == "__main__":
    main(*sys.argv[1:])
