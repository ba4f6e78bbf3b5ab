"""`calm train`: starts a stage of training as a process of its own, over a run folder.

Promises: it writes what is asked into the folder and reads nothing else of training; the process
runs in the environment that has torch, this one or `.venv-training`; Ctrl-C is the process's own,
which keeps a checkpoint, and its exit code is this command's.
"""

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from app.core.errors import CalmError, Refused
from app.settings import ROOT, settings

ASKED = "asked.json"
_BESIDE = ROOT / ".venv-training" / "bin" / "python"
_NO_TORCH = (
    "Training needs torch and TRL, which are not installed here. `make setup-training` makes an"
    " environment for them beside this one; elsewhere: pip install 'calm-studio[training]'."
)
_FOLDER = click.Path(path_type=Path, file_okay=False)
_ACCELERATE = click.option(
    "--accelerate",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Several devices: a file that `accelerate config` wrote.",
)
_OPTIONS = (
    click.option("--dataset", required=True, help="The folder of an export, or its fingerprint."),
    click.option("--fingerprint", default="", help="What the dataset in that folder must be."),
    click.option("--recipe", required=True, help="A YAML file, or one of ours by name."),
    click.option("--model", default="", help="A folder or a hub id, in place of the recipe's."),
    click.option(
        "--set", "changes", multiple=True, metavar="NAME=VALUE", help="Change the recipe."
    ),
    click.option("--out", type=_FOLDER, help="A new run folder; else one in the data folder."),
    _ACCELERATE,
)


@click.group()
def train() -> None:
    """Train a Reasoner on golden traces, in a process of its own."""


def _beginning(stage: Callable[..., None]) -> Callable[..., None]:
    """Give a stage the options by which a run begins."""
    for option in reversed(_OPTIONS):
        stage = option(stage)
    return stage


@train.command()
@_beginning
def sft(out: Path | None, accelerate: Path | None, **asked: Any) -> None:
    """Fine-tune a model on a dataset of golden traces."""
    _start(_begun("sft", asked, out), accelerate)


@train.command()
@_beginning
def grpo(out: Path | None, accelerate: Path | None, **asked: Any) -> None:
    """Let a model practise on problems, rewarded for right answers."""
    _start(_begun("grpo", asked, out), accelerate)


@train.command()
@click.argument("run", type=_FOLDER)
@_ACCELERATE
def resume(run: Path, accelerate: Path | None) -> None:
    """Go on with a run that ended early, from its last checkpoint."""
    if not (run / ASKED).is_file():
        raise Refused(f"{run} is no run folder: it has no {ASKED}.")
    _start(run, accelerate)


def python() -> Path:
    """The Python that has torch and TRL. Raises Refused where there is none."""
    if find_spec("torch") and find_spec("trl"):
        return Path(sys.executable)
    if _BESIDE.exists():
        return _BESIDE
    raise Refused(_NO_TORCH)


def _begun(stage: str, asked: dict[str, Any], out: Path | None) -> Path:
    """A new run folder that says what is asked."""
    python()
    run = out or settings().folder / "runs" / f"{stage}-{datetime.now():%Y%m%d-%H%M%S}"
    if run.exists() and any(run.iterdir()):
        raise Refused(f"{run} is not empty. `calm train resume {run}` goes on with a run.")
    run.mkdir(parents=True, exist_ok=True)
    places = {name: _whole(asked[name]) for name in ("recipe", "dataset", "model")}
    told = json.dumps({"stage": stage, **asked, **places}, indent=1)
    (run / ASKED).write_text(told + "\n", encoding="utf-8")
    return run


def _start(run: Path, accelerate: Path | None) -> None:
    """Run the stage to its end, and end as it does."""
    stage = json.loads((run / ASKED).read_text(encoding="utf-8"))["stage"]
    launch = ["-m", "accelerate.commands.launch", "--config_file", accelerate]
    command = [python(), "-P", *(launch if accelerate else []), "-m", f"training.{stage}", run]
    click.echo(f"The run is in {run}.", err=True)
    with subprocess.Popen(list(map(str, command))) as process:
        # Both get Ctrl-C, and the process knows what to do with it.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda *_: process.terminate())
        code = process.wait()
    if code < 0:
        name = signal.Signals(-code).name
        told = f"The run was killed ({name}), perhaps for want of memory."
        raise CalmError(f"{told} `calm train resume {run}` goes on from its last checkpoint.")
    sys.exit(code)


def _whole(given: str) -> str:
    """A path that is there from the root on, so that the run can go on from anywhere."""
    with suppress(OSError):
        if given and Path(given).exists():
            return str(Path(given).resolve())
    return given
