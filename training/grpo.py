"""GRPO with a binary reward: `python -m training.grpo RUN`, once or again until RUN is done.

Promises: paths come from the app's loop over the app's sandbox and are rewarded by the badge's own
function; outputs, forged ones too, have no loss; a path that the sandbox failed has no reward, no
advantage and no loss, and is counted. The same run folder goes on to the same end.

What TRL calls experimental, `rollout_func` and what it returns, is used here and nowhere else.
"""

import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import torch
from accelerate import PartialState
from datasets import Dataset as Table
from datasets import disable_progress_bars
from trl import GRPOConfig, GRPOTrainer
from trl.models.utils import unwrap_model_for_generation

from app.backends.reasoners.fence import STOP
from app.backends.sandboxes.base import Sandbox
from app.backends.sandboxes.paired import open_paired
from app.backends.sandboxes.remote import RemoteSandbox
from app.core.errors import CalmError, Refused
from app.core.execution import Limits as ExecutionLimits
from app.loop import Limits
from app.settings import settings
from training.data import problem_rows
from training.failures import Stopping
from training.generate import Drawing, TransformersEngine, VllmEngine, ends_of, mixed
from training.models import adapters, context_of, load_model
from training.options import trainer_options
from training.recipe import Grpo, Recipe
from training.rewards import reward
from training.rollout import Bounds, Engine, Rollout, roll_out
from training.run_folder import RunFolder
from training.stage import Begun, begin, carry_out, main
from training.watch import Finite

MakeEngine = Callable[[Any, Any, Drawing], Engine]
_SHOWN = 2
"""Paths of each step that go into `samples.jsonl`."""


class SandboxDown(CalmError):
    """The sandbox failed for every path of a step."""


class Trainer(Finite, GRPOTrainer):  # type: ignore[misc]
    """TRL's, which stops at a number that is none."""


def in_a_sandbox(run: RunFolder, asked_to_end: Stopping) -> None:
    """Train with the sandbox that the settings choose."""
    with closing(_sandbox()) as sandbox:
        train(run, asked_to_end, sandbox)


def train(
    run: RunFolder,
    asked_to_end: Stopping,
    sandbox: Sandbox,
    make_engine: MakeEngine = TransformersEngine,
) -> None:
    """From what is asked to a model in the run folder."""
    begun = begin(run, problem_rows)
    model = load_model(begun.recipe, begun.steps)
    carry_out(begun, make_trainer(model, begun, sandbox, make_engine), asked_to_end)


def make_trainer(model: Any, begun: Begun, sandbox: Sandbox, make_engine: MakeEngine) -> Trainer:
    """TRL's trainer over these problems. Raises Refused for a batch that they don't fill."""
    if not sys.stderr.isatty():
        disable_progress_bars()
    recipe, grpo = begun.recipe, begun.recipe.grpo
    _check_batch(grpo, len(begun.rows))
    config = GRPOConfig(
        **trainer_options(recipe, grpo, begun.run, PartialState().num_processes),
        num_generations=grpo.group,
        num_iterations=grpo.iterations,
        temperature=grpo.temperature,
        top_p=grpo.top_p,
        max_completion_length=grpo.written,
        beta=grpo.beta,
        epsilon=grpo.epsilon,
        loss_type=grpo.loss,
        **(_vllm(recipe, context_of(model)) if grpo.vllm else {}),
    )
    with warnings.catch_warnings():
        # It may change, so TRL is pinned.
        warnings.filterwarnings("ignore", "You are using 'rollout_func'")
        return Trainer(
            model,
            Right(begun.run),
            args=config,
            train_dataset=Table.from_list(begun.rows),
            processing_class=begun.tokenizer,
            peft_config=adapters(grpo),
            rollout_func=Rollouts(recipe, begun.tokenizer, sandbox, make_engine),
        )


def _check_batch(grpo: Grpo, problems: int) -> None:
    """Raise Refused for a batch that is not filled: TRL leaves such a one out without a word."""
    if grpo.batch % grpo.group:
        raise Refused(f"The batch of {grpo.batch} paths is no multiple of group ({grpo.group}).")
    taken = grpo.batch // grpo.group
    if taken > problems:
        raise Refused(
            f"A batch takes {taken} problems (batch / group), and the dataset has {problems}."
            " Take a smaller batch, a larger group, or more problems."
        )


class Rollouts:
    """TRL's `rollout_func`: paths for prompts, which come repeated, a group for each problem."""

    def __init__(
        self, recipe: Recipe, tokenizer: Any, sandbox: Sandbox, make_engine: MakeEngine
    ) -> None:
        self._recipe, self._tokenizer = recipe, tokenizer
        self._sandbox, self._make_engine = sandbox, make_engine

    def __call__(self, prompts: Sequence[Any], trainer: Any) -> dict[str, Any]:
        """Write the paths with the model as it is now. Raises SandboxDown where none could run."""
        with _writing(trainer, self._recipe) as model:
            engine, bounds = self._engine(model, trainer), _bounds(self._recipe, model)
            paths = roll_out(prompts, engine, self._sandbox, self._tokenizer, bounds)
        if all(path.failed for path in paths):
            raise SandboxDown(
                "The sandbox failed for every path of this step, each tried several times. Look at"
                " `calm doctor`, and at the service where CALM_SANDBOX_SOCKET names one."
            )
        return _columns(paths, self._tokenizer.eos_token_id, self._recipe.grpo.vllm)

    def _engine(self, model: Any, trainer: Any) -> Engine:
        if self._recipe.grpo.vllm:
            return VllmEngine(trainer.vllm_generation, self._tokenizer, ends_of(model))
        return self._make_engine(model, self._tokenizer, self._drawing(trainer))

    def _drawing(self, trainer: Any) -> Drawing:
        """Another seed for each step and device, and the same ones when a run goes on."""
        grpo, step = self._recipe.grpo, trainer.state.global_step
        seed = mixed(self._recipe.seed, step, trainer.accelerator.process_index)
        return Drawing(grpo.temperature, grpo.top_p, grpo.together, seed)


class Right:
    """TRL's reward function, by the name that its metrics get; None where the sandbox failed."""

    __name__ = "right"

    def __init__(self, run: RunFolder) -> None:
        self._run = run

    def __call__(self, *, path: list[Rollout], log_metric: Any, **columns: Any) -> list[Any]:
        """The rewards of paths, whose problems are in the other columns."""
        problems = zip(columns["answer"], columns["tolerance"], strict=True)
        rewards = [
            None if each.failed else reward(each.text, *problem)
            for each, problem in zip(path, problems, strict=True)
        ]
        for name, number in _numbers(path).items():
            log_metric(name, number)
        step = columns["trainer_state"].global_step + 1
        for each, worth, problem in list(zip(path, rewards, columns["id"], strict=True))[:_SHOWN]:
            told = {"problem": problem, "reward": worth, "outcome": each.outcome}
            self._run.add_sample(step, {**told, "calls": each.calls, "text": each.text})
        return rewards


def _columns(paths: Sequence[Rollout], end: int, scored: bool) -> dict[str, Any]:
    """What TRL takes of paths; one that wrote nothing has its end, without loss.

    Where vLLM drew them it scored them too: TRL corrects for what it scores otherwise.
    """
    ids = [path.completion_ids or [end] for path in paths]
    masks = [path.env_mask or [0] for path in paths]
    logprobs = [path.logprobs or [None] for path in paths]
    # TRL trains on what a mask does not reach.
    sizes = [list(map(len, columns)) for columns in (ids, masks, logprobs)]
    assert sizes[0] == sizes[1] == sizes[2], "a mask and a score for each token"
    return {
        "prompt_ids": [path.prompt_ids for path in paths],
        "completion_ids": ids,
        "env_mask": masks,
        "logprobs": logprobs if scored else None,
        "path": list(paths),
    }


def _numbers(paths: Sequence[Rollout]) -> dict[str, float]:
    """What is told of a step's paths besides their rewards."""
    many = len(paths)
    return {
        "paths/answered": sum(path.outcome == "answered" for path in paths) / many,
        "paths/code_calls": sum(path.calls for path in paths) / many,
        "paths/cut": sum(path.outcome == "length_limit" for path in paths) / many,
        "sandbox/failed": sum(path.failed for path in paths),
        "sandbox/tried_again": sum(path.tries for path in paths),
    }


@contextmanager
def _writing(trainer: Any, recipe: Recipe) -> Iterator[Any]:
    """The model as it is trained, for writing: without dropout, gradients and checkpointing."""
    gpu = recipe.device == "gpu"
    with (
        unwrap_model_for_generation(trainer.model_wrapped, trainer.accelerator) as model,
        torch.autocast("cuda", torch.bfloat16, enabled=gpu and recipe.precision == "bf16"),
    ):
        training = model.training
        model.eval()
        yield model
        model.train(training)


def _vllm(recipe: Recipe, context: int) -> dict[str, Any]:
    """How TRL runs vLLM beside the training, on the same GPU."""
    return {
        "use_vllm": True,
        "vllm_mode": "colocate",
        "vllm_gpu_memory_utilization": recipe.grpo.vllm_memory,
        "vllm_max_model_length": min(recipe.max_tokens, context),
        "generation_kwargs": {"stop": [STOP], "include_stop_str_in_output": True},
    }


def _bounds(recipe: Recipe, model: Any) -> Bounds:
    grpo = recipe.grpo
    loop = Limits(
        max_code_calls=grpo.code_calls,
        output_tokens=grpo.output_tokens,
        execution=ExecutionLimits(wall_seconds=grpo.wall_seconds),
    )
    return Bounds(grpo.written, min(recipe.max_tokens, context_of(model)), loop)


def _sandbox() -> Sandbox:
    """The sandbox service that the settings name, or one of this machine."""
    found = settings()
    if found.sandbox_socket:
        return RemoteSandbox(found.sandbox_socket)
    return open_paired(found.sandbox_allow_unisolated)


if __name__ == "__main__":
    main(Path(sys.argv[1]), in_a_sandbox)
