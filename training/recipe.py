"""A recipe: all that a training run can choose, in a YAML file; docs/training.md describes it.

Promises: a recipe that is read is whole and within bounds, and a name that nobody knows is an
error. Nothing is chosen elsewhere, so the recipe in a run folder says what was done.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import Field, ValidationError

from app.core.errors import Invalid
from app.core.model import Frozen

RECIPES = Path(__file__).parent / "recipes"
Count = Annotated[int, Field(gt=0)]
Amount = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class Lora(Frozen):
    """Adapters of low rank on every linear layer (arXiv 2106.09685)."""

    rank: Count = 32
    alpha: Count = 64
    dropout: Share = 0.0


class Steps(Frozen):
    """What both stages choose. `batch` is rows an optimizer step over all devices together, and
    `at_once` how many of them one device holds in memory: it changes the memory, not the result.

    `method`: every weight (`full`), adapters (`lora`), or adapters on 4-bit weights (`qlora`).
    `max_steps` ends earlier than `epochs` would.
    """

    method: Literal["full", "lora", "qlora"] = "full"
    lora: Lora = Lora()
    learning_rate: Amount
    schedule: Literal["constant", "linear", "cosine"] = "cosine"
    warmup: Share = 0.0
    weight_decay: Annotated[float, Field(ge=0)] = 0.0
    max_grad_norm: Amount = 1.0
    epochs: Amount = 1.0
    max_steps: Count | None = None
    batch: Count
    at_once: Count = 1
    activation_checkpointing: bool = True
    save_every: Count = 10


class Sft(Steps):
    """Supervised fine-tuning. `packing` puts several rows into one sequence, none of them cut."""

    packing: bool = False


class Grpo(Steps):
    """GRPO (arXiv 2402.03300). `batch` counts paths, `group` of them a problem.

    A path may take `written` tokens of the Reasoner's own and `code_calls` programs of
    `wall_seconds` each, whose outputs take `output_tokens` at most; `together` paths are written at
    once by transformers, or all of them by `vllm` in `vllm_memory` of the GPU. `beta` weighs the
    distance to the model that was begun with; `iterations` is how often a batch is trained on.
    """

    group: Annotated[int, Field(ge=2)] = 8
    temperature: Annotated[float, Field(gt=0, le=2)] = 1.0
    top_p: Annotated[float, Field(gt=0, le=1)] = 1.0
    written: Count
    together: Count = 32
    vllm: bool = False
    vllm_memory: Share = 0.3
    code_calls: Annotated[int, Field(ge=0)] = 8
    output_tokens: Count = 2_048
    wall_seconds: Amount = 30.0
    beta: Annotated[float, Field(ge=0)] = 0.0
    epsilon: Amount = 0.2
    loss: Literal["grpo", "bnpo", "dr_grpo", "dapo"] = "dapo"
    iterations: Count = 1


class Recipe(Frozen):
    """A model, and how each stage trains it. `max_tokens` is the longest row: none is ever cut."""

    model: str
    device: Literal["gpu", "cpu"]
    precision: Literal["bf16", "fp32"] = "bf16"
    seed: Annotated[int, Field(ge=0)] = 0
    max_tokens: Count
    report_to: tuple[Literal["tensorboard", "wandb"], ...] = ("tensorboard",)
    sft: Sft
    grpo: Grpo


def load_recipe(name: str, changes: Iterable[str] = ()) -> Recipe:
    """The recipe of a file, or one of ours by name, with changes such as `sft.epochs=2`.

    Raises Invalid where it can't be read or does not make sense.
    """
    told = _read(name)
    for change in changes:
        _change(told, change)
    try:
        return Recipe.model_validate(told)
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        raise Invalid(f"The recipe {name} does not hold. {'; '.join(wrong)}") from None


def _read(name: str) -> dict[str, Any]:
    ours = RECIPES / f"{name}.yaml"
    path = ours if ours.is_file() else Path(name)
    try:
        told = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError:
        known = ", ".join(sorted(file.stem for file in RECIPES.glob("*.yaml")))
        raise Invalid(f"There is no recipe {name}: give a YAML file, or one of {known}.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise Invalid(f"The recipe {name} is not YAML: {error}") from None
    if not isinstance(told, dict):
        raise Invalid(f"The recipe {name} is not a mapping of names to values.")
    return told


def _change(told: dict[str, Any], change: str) -> None:
    """Put one change, `a.b=value`, into what was read."""
    place, equals, value = change.partition("=")
    *groups, last = place.split(".")
    for group in groups:
        told = told.setdefault(group, {}) if isinstance(told, dict) else told
    if not equals or not isinstance(told, dict):
        raise Invalid(f"Write a change as NAME=VALUE, such as sft.epochs=2, not {change!r}.")
    told[last] = yaml.safe_load(value)
