"""What every stage tells its trainer, and the versions and the card that say so afterwards."""

import subprocess
import sys
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

from app.core.errors import Refused
from training.recipe import Recipe, Steps
from training.run_folder import RunFolder

_PACKAGES = ("calm-studio", "torch", "transformers", "trl", "peft", "accelerate", "datasets")
_ROOT = Path(__file__).parents[1]


def trainer_options(recipe: Recipe, steps: Steps, run: RunFolder, devices: int) -> dict[str, Any]:
    """The fields that the settings of every TRL trainer share."""
    gpu = recipe.device == "gpu"
    return {
        "output_dir": str(run.checkpoints),
        "run_name": run.path.name,
        "seed": recipe.seed,
        "data_seed": recipe.seed,
        "use_cpu": not gpu,
        "bf16": gpu and recipe.precision == "bf16",
        "learning_rate": steps.learning_rate,
        "lr_scheduler_type": steps.schedule,
        "warmup_steps": steps.warmup,
        "weight_decay": steps.weight_decay,
        "max_grad_norm": steps.max_grad_norm,
        "num_train_epochs": steps.epochs,
        "max_steps": steps.max_steps or -1,
        "per_device_train_batch_size": steps.at_once,
        "gradient_accumulation_steps": _accumulated(steps, devices),
        "activation_checkpointing": steps.activation_checkpointing,
        "save_strategy": "steps",
        "save_steps": steps.save_every,
        "save_total_limit": 2,
        "logging_steps": 1,
        "logging_nan_inf_filter": False,  # it would hide them
        "report_to": [name for name in recipe.report_to if name != "tensorboard"],
        "disable_tqdm": not sys.stderr.isatty(),
    }


def versions() -> dict[str, str]:
    """What the run's code is, by package, with the checkout's commit where there is one."""
    found = {name: version(name) for name in _PACKAGES}
    found["python"] = sys.version.split()[0]
    with suppress(OSError, subprocess.CalledProcessError):
        told = ["git", "-C", str(_ROOT), "describe", "--always", "--dirty", "--abbrev=40"]
        found["commit"] = subprocess.run(
            told, capture_output=True, text=True, check=True
        ).stdout.strip()
    return found


def _accumulated(steps: Steps, devices: int) -> int:
    """How many times each device goes over `at_once` rows before a step. Raises Refused."""
    held = steps.at_once * devices
    if steps.batch % held:
        raise Refused(
            f"The batch of {steps.batch} is no multiple of at_once ({steps.at_once}) on {devices}"
            " device(s). Choose another of them."
        )
    return steps.batch // held
