"""Rows of token ids for verl's SFT trainer, with the mask that they come with.

Give it `data.custom_cls.path=calm_sft.py data.custom_cls.name=CalmDataset`: verl's own dataset
renders chats, and can't leave the outputs inside a reply out of the loss.
"""

from collections.abc import Sequence
from typing import Any

import torch
from pyarrow import concat_tables, parquet
from torch.utils.data import Dataset

IGNORED = -100
_COLUMNS = ["input_ids", "labels"]


class CalmDataset(Dataset):  # type: ignore[type-arg]
    """The rows of Parquet files. A row that is longer than `config.max_length` is an error."""

    def __init__(
        self,
        parquet_files: str | Sequence[str],
        tokenizer: Any = None,
        config: Any = None,
        processor: Any = None,
        max_samples: int = -1,
    ) -> None:
        files = [parquet_files] if isinstance(parquet_files, str) else list(parquet_files)
        rows = concat_tables([parquet.read_table(file, columns=_COLUMNS) for file in files])
        self._rows = rows if max_samples < 0 else rows.slice(0, max_samples)
        self._most = (config or {}).get("max_length")

    def __len__(self) -> int:
        return int(self._rows.num_rows)

    def __getitem__(self, at: int) -> dict[str, torch.Tensor]:
        ids, labels = (
            torch.tensor(self._rows[name][at].as_py()) for name in ("input_ids", "labels")
        )
        if self._most and len(ids) > self._most:
            raise ValueError(f"row {at} has {len(ids)} tokens, over data.max_length={self._most}")
        return {
            "input_ids": ids,
            "position_ids": torch.arange(len(ids)),
            "loss_mask": (labels != IGNORED).long(),
        }
