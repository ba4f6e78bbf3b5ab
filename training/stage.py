"""What every stage does around its own training: what is asked, going on, and what is left."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from accelerate import PartialState

from app.backends.reasoners.tokenizer import load_tokenizer
from app.backends.reasoners.tokens import ModelTokens, load_tokens
from app.settings import settings
from training.card import write_card
from training.data import Dataset, find_dataset, open_dataset
from training.failures import Stopped, Stopping, held, in_plain_words
from training.models import check_machine, save
from training.options import versions
from training.recipe import Recipe, Steps, load_recipe
from training.run_folder import RunFolder, Settings
from training.watch import Watch, tensorboard

Row = Any


def main(folder: Path, train: Callable[[RunFolder, Stopping], None]) -> None:
    """Do what a run folder asks for as a process, and end it with its exit code."""
    asked_to_end = Stopping()
    asked_to_end.listen()
    run = RunFolder(folder, leads=PartialState().is_main_process)
    with held(run), in_plain_words(run):
        train(run, asked_to_end)


class Begun(NamedTuple):
    """A run with all that it was begun with."""

    run: RunFolder
    recipe: Recipe
    dataset: Dataset
    tokenizer: Any
    rows: list[Row]

    @property
    def steps(self) -> Steps:
        """The recipe of the stage."""
        stage: Steps = getattr(self.recipe, self.run.asked.stage)
        return stage


def begin(run: RunFolder, read: Callable[[Dataset, ModelTokens, int], list[Row]]) -> Begun:
    """Check what is asked, and write down what it came to; `read` gives the stage its rows."""
    run.tell("starting")
    asked, began = run.asked, run.settings
    recipe = began.recipe if began else _chosen(run)
    check_machine(recipe, getattr(recipe, asked.stage))
    folder = find_dataset(asked.dataset, settings().folder / "datasets")
    dataset = open_dataset(folder, began.fingerprint if began else asked.fingerprint)
    tokens = load_tokens(recipe.model)
    rows = read(dataset, tokens, recipe.max_tokens)
    chosen = Settings(
        stage=asked.stage,
        recipe=recipe,
        dataset=str(folder),
        fingerprint=dataset.manifest.fingerprint,
        rows=len(rows),
        tokenizer=tokens.hash,
        versions=versions(),
    )
    run.settle(chosen)
    return Begun(run, recipe, dataset, load_tokenizer(recipe.model), rows)


def carry_out(begun: Begun, trainer: Any, asked_to_end: Stopping) -> None:
    """Train from the last checkpoint to the end. Raises Stopped where that is asked."""
    run, recipe = begun.run, begun.recipe
    trainer.add_callback(Watch(run, asked_to_end))
    if "tensorboard" in recipe.report_to:
        trainer.add_callback(tensorboard(run))
    kept = run.last_checkpoint()
    trainer.train(resume_from_checkpoint=str(kept) if kept else None)
    step, steps = trainer.state.global_step, trainer.state.max_steps
    if step < steps:
        raise Stopped(f"Stopped at step {step} of {steps}.")
    folder = save(trainer, recipe, begun.steps, begun.tokenizer, run)
    write_card(folder, run, begun.dataset.manifest, trainer.state.log_history)
    trainer.accelerator.wait_for_everyone()
    run.publish(folder)
    run.tell("done", f"The model is in {run.model}.", step, steps)


def _chosen(run: RunFolder) -> Recipe:
    """The recipe that is asked for, with the model that is."""
    asked = run.asked
    recipe = load_recipe(asked.recipe, asked.changes)
    return recipe.model_copy(update={"model": asked.model or recipe.model})
