"""The run folder: what a run is asked, what it chose, and all that comes back of it.

    asked.json       what is wanted, written by who starts the run
    settings.json    what that came to: recipe, dataset, tokenizer, versions; written once
    status.json      how far it is, replaced as a whole; `message` says how it goes on
    metrics.jsonl    a line for each step, in their order, none twice
    samples.jsonl    some of the paths that RL wrote, likewise
    checkpoints/     the last two, to go on from
    tensorboard/     the same metrics for TensorBoard
    model/           the trained model with its tokenizer and card, whole or not at all
    adapter/         LoRA's weights alone

Promises: a reader of `status.json` never sees half of it; a checkpoint that a kill cut short is not
gone on from.
"""

import json
import math
import os
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ValidationError

from app.core.errors import Invalid, Refused
from app.core.model import Frozen
from training.recipe import Recipe

T = TypeVar("T", bound=BaseModel)
Stage = Literal["sft", "grpo"]
State = Literal["starting", "running", "stopped", "failed", "done"]
_LAST_OF_A_CHECKPOINT = "trainer_state.json"


class Asked(Frozen):
    """What a run is started with; `docs/training.md` says what each means."""

    stage: Stage
    recipe: str
    dataset: str
    fingerprint: str = ""
    model: str = ""
    changes: tuple[str, ...] = ()


class Settings(Frozen):
    """What a run is: the same for as long as it goes on.

    `versions` are of the code that began it, `tokenizer` the hash of the model's.
    """

    stage: Stage
    recipe: Recipe
    dataset: str
    fingerprint: str
    rows: int
    tokenizer: str
    versions: Mapping[str, str]


class Status(Frozen):
    """Where a run is; `steps` is 0 until it is known."""

    state: State
    message: str = ""
    step: int = 0
    steps: int = 0
    pid: int
    at: datetime


class RunFolder:
    """A run folder. `leads` is whether this process writes: one of several that train together."""

    def __init__(self, path: Path, leads: bool = True) -> None:
        self.path, self.leads = path, leads
        self.checkpoints = path / "checkpoints"
        self.tensorboard = path / "tensorboard"
        self.model = path / "model"
        self.adapter = path / "adapter"

    @property
    def asked(self) -> Asked:
        """What is wanted. Raises Invalid where that can't be read."""
        return self._read("asked.json", Asked)

    @property
    def settings(self) -> Settings | None:
        """What the run is, None where it has not begun."""
        there = (self.path / "settings.json").is_file()
        return self._read("settings.json", Settings) if there else None

    @property
    def status(self) -> Status | None:
        """Where the run is."""
        there = (self.path / "status.json").is_file()
        return self._read("status.json", Status) if there else None

    def settle(self, chosen: Settings) -> None:
        """Write down what the run is, or check that it still is that.

        Raises Refused where it began as something else. The code may be newer.
        """
        began = self.settings
        if began is None:
            self._write("settings.json", chosen)
            return
        named = [
            name
            for name in Settings.model_fields
            if name not in ("versions", "dataset") and getattr(began, name) != getattr(chosen, name)
        ]
        if named:
            told = f"The run in {self.path} began with another {' and '.join(named)}."
            raise Refused(f"{told} Give it what it began with, or begin another run.")

    def tell(self, state: State, message: str = "", step: int = 0, steps: int = 0) -> None:
        """Say where the run is."""
        now = datetime.now(UTC)
        status = Status(
            state=state, message=message, step=step, steps=steps, pid=os.getpid(), at=now
        )
        self._write("status.json", status)

    def add_metrics(self, step: int, metrics: Mapping[str, Any]) -> None:
        """Append a step's metrics; a number that JSON does not know becomes null."""
        plain = {name: _plain(value) for name, value in metrics.items()}
        self._append("metrics", {"step": step, "at": datetime.now(UTC).isoformat(), **plain})

    def add_sample(self, step: int, sample: Mapping[str, Any]) -> None:
        """Append a path that a step wrote."""
        self._append("samples", {"step": step, **sample})

    def forget_after(self, step: int) -> None:
        """Drop the lines of steps that are done again, and one that a kill cut short."""
        for file in self.path.glob("*.jsonl") if self.leads else ():
            lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
            kept = [line for line in lines if line.endswith("\n") and _step_of(line) <= step]
            _replace(file, "".join(kept))

    def publish(self, folder: Path) -> None:
        """Let a whole model appear as the run's."""
        if self.leads:
            folder.replace(self.model)

    def last_checkpoint(self) -> Path | None:
        """The newest whole checkpoint; of those behind it, what a kill left is removed."""
        found = sorted(self.checkpoints.glob("checkpoint-*"), key=_number, reverse=True)
        for folder in found:
            # It is written last.
            if _is_json(folder / _LAST_OF_A_CHECKPOINT):
                return folder
            if self.leads:
                shutil.rmtree(folder)
        return None

    def _read(self, name: str, kind: type[T]) -> T:
        try:
            return kind.model_validate_json((self.path / name).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, ValidationError) as error:
            told = f"{self.path / name} is missing or can't be read: {str(error)[:300]}"
            raise Invalid(f"{told}. `calm train` makes a run folder.") from None

    def _append(self, name: str, line: Mapping[str, Any]) -> None:
        if self.leads:
            with (self.path / f"{name}.jsonl").open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")

    def _write(self, name: str, what: BaseModel) -> None:
        if self.leads:
            _replace(self.path / name, what.model_dump_json(indent=1) + "\n")


def _replace(file: Path, text: str) -> None:
    """Write a file that is there whole or as it was."""
    new = file.with_name(f".{file.name}.new")
    new.write_text(text, encoding="utf-8")
    new.replace(file)


def _number(folder: Path) -> int:
    return int(folder.name.rpartition("-")[2])


def _is_json(file: Path) -> bool:
    try:
        json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return True


def _step_of(line: str) -> int:
    return int(json.loads(line)["step"])


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
