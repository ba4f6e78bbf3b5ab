"""The model that is trained: loaded, given adapters, and saved whole.

Promises: what a recipe asks for and this machine lacks is refused before anything is loaded; what
is saved is one model that `transformers` loads without adapters.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, BitsAndBytesConfig

from app.core.errors import Refused
from training.recipe import Grpo, Lora, Recipe, Steps
from training.run_folder import RunFolder

_PACKAGES = {"qlora": "bitsandbytes", "wandb": "wandb", "vllm": "vllm"}


def check_machine(recipe: Recipe, steps: Steps) -> None:
    """Raise Refused where the GPU or a package that the recipe asks for is not there."""
    if not recipe.model:
        raise Refused("Name the model to train: --model, a folder or a hub id.")
    if recipe.device == "gpu" and not torch.cuda.is_available():
        raise Refused(
            "The recipe asks for a GPU, and torch sees none here. Look at `nvidia-smi` and at"
            f" torch's build ({torch.__version__}), or train on the CPU: the recipe `mini`, or"
            " `--set device=cpu --set precision=fp32`."
        )
    vllm = isinstance(steps, Grpo) and steps.vllm
    for use in (steps.method, *recipe.report_to, "vllm" if vllm else ""):
        package = _PACKAGES.get(use)
        if package and find_spec(package) is None:
            raise Refused(
                f"{use} needs the package {package}, which is not installed beside torch:"
                f" pip install {package}."
            )


def load_model(recipe: Recipe, steps: Steps) -> Any:
    """The model in the precision that its method trains it in. Raises Refused."""
    try:
        return AutoModelForCausalLM.from_pretrained(
            recipe.model, dtype=_dtype(recipe, steps), quantization_config=_four_bits(steps)
        )
    except (OSError, ValueError, KeyError) as error:
        raise Refused(f"The model {recipe.model} can't be loaded: {str(error)[:300]}") from error


def adapters(steps: Steps) -> Any:
    """The adapters that a recipe's method trains, None where it trains every weight."""
    if steps.method == "full":
        return None
    from peft import LoraConfig

    chosen: Lora = steps.lora
    return LoraConfig(
        r=chosen.rank,
        lora_alpha=chosen.alpha,
        lora_dropout=chosen.dropout,
        target_modules="all-linear",
        task_type="CAUSAL_LM",
    )


def check_fits(model: Any, largest_id: int, longest: int) -> None:
    """Raise Refused for token ids or rows that the model has no room for."""
    known, context = model.get_input_embeddings().num_embeddings, context_of(model)
    if largest_id >= known:
        raise Refused(f"The rows have token id {largest_id}, and the model knows {known:,} tokens.")
    if longest > context:
        raise Refused(
            f"The longest row has {longest:,} tokens, and the model's context {context:,}. Export"
            f" with `--max-tokens {context}`, which lists what stays out."
        )


def context_of(model: Any) -> int:
    """The most tokens that a model reads."""
    return int(model.config.max_position_embeddings)


def save(trainer: Any, recipe: Recipe, steps: Steps, tokenizer: Any, run: RunFolder) -> Path:
    """Write the trained model with the adapters in it into a folder that `publish` shows, and give
    that; the adapters alone go to the run's `adapter`."""
    folder = run.path / ".model.new"
    if steps.method == "full":
        trainer.save_model(str(folder))
    elif run.leads:
        trained = trainer.accelerator.unwrap_model(trainer.model)
        trained.save_pretrained(run.adapter)
        _merged(trained, recipe, steps, run).save_pretrained(folder)
    if run.leads:
        tokenizer.save_pretrained(folder)
    return folder


def _merged(trained: Any, recipe: Recipe, steps: Steps, run: RunFolder) -> Any:
    """One model of the weights and their adapters; 4-bit weights are loaded anew, unrounded."""
    if steps.method == "lora":
        return trained.merge_and_unload()
    from peft import PeftModel

    whole = AutoModelForCausalLM.from_pretrained(recipe.model, dtype=torch.bfloat16)
    return PeftModel.from_pretrained(whole, run.adapter).merge_and_unload()


def _dtype(recipe: Recipe, steps: Steps) -> Any:
    # Every weight is trained in 32 bits, under autocast; frozen ones need no more than bf16.
    frozen = steps.method != "full" and recipe.precision == "bf16"
    return torch.bfloat16 if frozen else torch.float32


def _four_bits(steps: Steps) -> Any:
    if steps.method != "qlora":
        return None
    return BitsAndBytesConfig(  # type: ignore[no-untyped-call]
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.bfloat16,
    )
