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

from app.backends.reasoners.tokenizer import load_tokenizer
from app.backends.reasoners.tokens import load_tokens
from app.core.errors import Refused
from app.settings import settings
from export.tokens import IGNORED
from training.card import write_card
from training.data import Dataset, TokenRow, find_dataset, open_dataset, token_rows
from training.failures import Stopped, Stopping, in_plain_words
from training.models import adapters, check_fits, check_machine, load_model, save
from training.options import trainer_options, versions
from training.recipe import Recipe, load_recipe
from training.run_folder import RunFolder, Settings
from training.watch import Finite, Watch, tensorboard


class Trainer(Finite, SFTTrainer):  # type: ignore[misc]
    """TRL's, which stops at a number that is none."""


def main(folder: Path) -> None:
    """Train what the run folder asks for."""
    asked_to_end = Stopping()
    asked_to_end.listen()
    run = RunFolder(folder, leads=PartialState().is_main_process)
    with in_plain_words(run):
        train(run, asked_to_end)


def train(run: RunFolder, asked_to_end: Stopping) -> None:
    """From what is asked to a model in the run folder."""
    run.tell("starting")
    asked, began = run.asked, run.settings
    recipe = began.recipe if began else chosen_recipe(run)
    check_machine(recipe, recipe.sft)

    folder = find_dataset(asked.dataset, settings().folder / "datasets")
    dataset = open_dataset(folder, began.fingerprint if began else asked.fingerprint)
    tokens = load_tokens(recipe.model)
    rows = token_rows(dataset, tokens, recipe.max_tokens)
    run.settle(_settings(recipe, dataset, tokens.hash, len(rows)))

    model = load_model(recipe, recipe.sft)
    check_fits(model, max(max(row.input_ids) for row in rows), max(map(_length, rows)))
    trainer = make_trainer(model, recipe, rows, run)
    trainer.add_callback(Watch(run, asked_to_end))
    if "tensorboard" in recipe.report_to:
        trainer.add_callback(tensorboard(run))

    kept = run.last_checkpoint()
    trainer.train(resume_from_checkpoint=str(kept) if kept else None)
    step, steps = trainer.state.global_step, trainer.state.max_steps
    if step < steps:
        raise Stopped(f"Stopped at step {step} of {steps}.")
    save(trainer, recipe, recipe.sft, load_tokenizer(recipe.model), run)
    write_card(run, dataset.manifest, trainer.state.log_history)
    run.tell("done", f"The model is in {run.model}.", step, steps)


def chosen_recipe(run: RunFolder) -> Recipe:
    """The recipe that is asked for, with the model that is."""
    asked = run.asked
    recipe = load_recipe(asked.recipe, asked.changes)
    return recipe.model_copy(update={"model": asked.model or recipe.model})


def make_trainer(model: Any, recipe: Recipe, rows: list[TokenRow], run: RunFolder) -> Trainer:
    """TRL's trainer over just these rows. Raises Refused where it would train on others."""
    if not sys.stderr.isatty():
        disable_progress_bars()
    config = SFTConfig(
        **trainer_options(recipe, recipe.sft, run, PartialState().num_processes),
        packing=recipe.sft.packing,
        # Without packing its default would cut rows; with it no row is longer.
        max_length=recipe.max_tokens if recipe.sft.packing else None,
    )
    table = Table.from_dict({name: [getattr(row, name) for row in rows] for name in _COLUMNS})
    trainer = Trainer(
        model,
        config,
        train_dataset=table,
        processing_class=load_tokenizer(recipe.model),
        peft_config=adapters(recipe.sft),
    )
    if _size(trainer.train_dataset) != _size(table):
        raise Refused("TRL would train on other tokens than the dataset's: this is a fault.")
    return trainer


_COLUMNS = ("input_ids", "labels")


def _settings(recipe: Recipe, dataset: Dataset, tokenizer: str, rows: int) -> Settings:
    return Settings(
        stage="sft",
        recipe=recipe,
        dataset=str(dataset.folder),
        fingerprint=dataset.manifest.fingerprint,
        rows=rows,
        tokenizer=tokenizer,
        versions=versions(),
    )


def _size(table: Any) -> tuple[int, int]:
    """How many tokens there are, and how many of them have loss."""
    tokens = sum(map(len, table["input_ids"]))
    return tokens, sum(each != IGNORED for labels in table["labels"] for each in labels)


def _length(row: TokenRow) -> int:
    return len(row.input_ids)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
