"""`dataset_info.json`: what LLaMA-Factory asks for beside the records, an entry a split."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any


def dataset_info(**entry: Any) -> Callable[[Sequence[str]], Mapping[str, str]]:
    """A format's `beside`: each split, named `calm_train` and so on, is read as `entry` says."""

    def beside(splits: Sequence[str]) -> Mapping[str, str]:
        entries = {f"calm_{split}": {"file_name": f"{split}.parquet"} | entry for split in splits}
        return {"dataset_info.json": json.dumps(entries, indent=1) + "\n"}

    return beside
