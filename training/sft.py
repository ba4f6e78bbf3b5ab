"""SFT on golden traces: `python -m training.sft RUN`, once or again until RUN is done.

Promises: what is trained on is the dataset's rows, token for token and label for label; the same
run folder goes on from its last checkpoint to the same end. One device or, under `accelerate
launch`, several.
"""

import sys
from pathlib import Path
from typing import Any

from accelerate import PartialState
from datasets import Dataset as Table
from datasets import disable_progress_bars
from trl import SFTConfig, SFTTrainer

from app.core.errors import Refused
from export.tokens import IGNORED
from training.data import TokenRow, token_rows
from training.failures import Stopping
from training.models import adapters, check_fits, load_model
from training.options import trainer_options
from training.run_folder import RunFolder
from training.stage import Begun, begin, carry_out, main
from training.watch import Finite

_COLUMNS = ("input_ids", "labels")


class Trainer(Finite, SFTTrainer):  # type: ignore[misc]
    """TRL's, which stops at a number that is none."""


def train(run: RunFolder, asked_to_end: Stopping) -> None:
    """From what is asked to a model in the run folder."""
    begun = begin(run, token_rows)
    model = load_model(begun.recipe, begun.steps)
    longest = max(len(row.input_ids) for row in begun.rows)
    check_fits(model, max(max(row.input_ids) for row in begun.rows), longest)
    carry_out(begun, make_trainer(model, begun), asked_to_end)


def make_trainer(model: Any, begun: Begun) -> Trainer:
    """TRL's trainer over just these rows. Raises Refused where it would train on others."""
    if not sys.stderr.isatty():
        disable_progress_bars()
    recipe = begun.recipe
    config = SFTConfig(
        **trainer_options(recipe, recipe.sft, begun.run, PartialState().num_processes),
        packing=recipe.sft.packing,
        # Without packing its default would cut rows; with it no row is longer.
        max_length=recipe.max_tokens if recipe.sft.packing else None,
    )
    table = _table(begun.rows)
    trainer = Trainer(
        model,
        config,
        train_dataset=table,
        processing_class=begun.tokenizer,
        peft_config=adapters(recipe.sft),
    )
    if _size(trainer.train_dataset) != _size(table):
        raise Refused("TRL would train on other tokens than the dataset's: this is a fault.")
    return trainer


def _table(rows: list[TokenRow]) -> Table:
    return Table.from_dict({name: [getattr(row, name) for row in rows] for name in _COLUMNS})


def _size(table: Any) -> tuple[int, int]:
    """How many tokens there are, and how many of them have loss."""
    tokens = sum(map(len, table["input_ids"]))
    return tokens, sum(each != IGNORED for labels in table["labels"] for each in labels)


if __name__ == "__main__":
    main(Path(sys.argv[1]), train)
