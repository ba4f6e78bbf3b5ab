"""What verl's RL trainer reads and how it rewards: its dataset, collation, and reward manager.

Runs in verl's environment: `python verl_rl.py FOLDER TOKENIZER REPLY...`. Each reply is rewarded
for the first problem, by the reward file of the folder.
"""

import json
import sys
from pathlib import Path

import torch
import verl
from omegaconf import OmegaConf
from verl import DataProto
from verl.trainer.ppo.reward import load_reward_manager
from verl.utils import hf_tokenizer
from verl.utils.dataset.rl_dataset import collate_fn, get_dataset_class

CONFIG = Path(verl.__file__).parent / "trainer" / "config"


def main(folder: str, name: str, *replies: str) -> None:
    """Print the batch of all rows and a score for each reply."""
    tokenizer = hf_tokenizer(name)
    data = OmegaConf.load(CONFIG / "data" / "legacy_data.yaml")
    data = OmegaConf.merge(data, {"tool_config_path": None, "function_tool_path": None})
    file = str(Path(folder) / "train.parquet")
    dataset = get_dataset_class(data)(file, tokenizer, data)
    items = [dataset[at] for at in range(len(dataset))]
    batch = collate_fn(items)
    manager = _manager(folder, tokenizer)
    scores = [_score(manager, tokenizer, collate_fn(items[:1]), reply) for reply in replies]
    texts = {
        key: list(value) for key, value in batch.items() if not isinstance(value, torch.Tensor)
    }
    print(json.dumps({"batch": texts, "scores": scores}))


def _manager(folder, tokenizer):
    reward = OmegaConf.load(CONFIG / "reward" / "reward.yaml")
    chosen = {"custom_reward_function": {"path": str(Path(folder) / "calm_reward.py")}}
    config = OmegaConf.create({"reward": OmegaConf.merge(reward, chosen)})
    return load_reward_manager(config, tokenizer)


def _score(manager, tokenizer, row, reply):
    ids = torch.tensor([tokenizer.encode(reply, add_special_tokens=False)])
    tensors = {"responses": ids, "attention_mask": torch.ones_like(ids)}
    texts = {key: value for key, value in row.items() if not isinstance(value, torch.Tensor)}
    data = DataProto.from_dict(tensors=tensors, non_tensors=texts)
    return manager.loop.run_until_complete(manager.run_single(data))["reward_score"]


if __name__ == "__main__":
    main(*sys.argv[1:])
