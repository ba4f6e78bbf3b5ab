"""What LLaMA-Factory trains on: its own loader with its own arguments, as JSON.

Runs in its environment: `python llamafactory_data.py FOLDER TOKENIZER SCRATCH SETTINGS`, the last
being arguments as in its YAML files, as JSON; with `tokenized_path` the rows are token ids.
"""

import json
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType

from datasets import load_dataset


def main(folder: str, name: str, scratch: str, settings: str) -> None:
    """Print the rows of the training set."""
    chosen = {
        "model_name_or_path": name,
        "dataset_dir": folder,
        "dataset": "calm_train",
        "output_dir": scratch,
        "cache_dir": scratch,
        "do_train": True,
        "use_cpu": True,
        "report_to": "none",
    } | json.loads(settings)
    if saved := chosen.get("tokenized_path"):
        load_dataset(folder, cache_dir=scratch).remove_columns("id").save_to_disk(saved)
    stand_in("torchaudio")
    rows = _loaded(chosen)
    kept = [key for key in rows.column_names if key.endswith(("input_ids", "labels", "kto_tags"))]
    print(json.dumps({"rows": [{key: row[key] for key in kept} for row in rows]}))


def stand_in(name: str) -> None:
    """Let `import` find an empty module: texts need no sound, and a use of it fails at once."""
    module = ModuleType(name)
    module.__spec__ = ModuleSpec(name, None)
    sys.modules[name] = module


def _loaded(chosen):
    from llamafactory.data import get_dataset, get_template_and_fix_tokenizer
    from llamafactory.hparams import get_train_args
    from llamafactory.model import load_tokenizer

    model, data, training, tuning, _ = get_train_args(chosen)
    loaded = load_tokenizer(model)
    template = get_template_and_fix_tokenizer(loaded["tokenizer"], data)
    stage = "rm" if tuning.stage == "dpo" else tuning.stage  # as its own workflow of DPO does
    return get_dataset(template, model, data, training, stage=stage, **loaded)["train_dataset"]


if __name__ == "__main__":
    main(*sys.argv[1:])
