"""What watches a run: metrics into files, the stop that somebody asked for, numbers that are none.

Promises: a step whose loss or gradient is no number changes no weight and is in no checkpoint; a
run that is asked to stop keeps a checkpoint of the step that it was in.
"""

from typing import Any

from transformers import TrainerCallback
from transformers.integrations.integration_utils import TensorBoardCallback

from training.failures import Stopping, check_finite
from training.run_folder import RunFolder


def tensorboard(run: RunFolder) -> Any:
    """What writes a run's metrics for TensorBoard, into its folder and not where it was started."""
    from torch.utils.tensorboard import SummaryWriter

    return TensorBoardCallback(SummaryWriter(str(run.tensorboard)))  # type: ignore[no-untyped-call]


class Watch(TrainerCallback):
    """Tells the run folder how far it is, and ends the run where that is asked."""

    def __init__(self, run: RunFolder, stopping: Stopping) -> None:
        self._run, self._stopping = run, stopping

    def on_train_begin(self, args: Any, state: Any, control: Any, **more: Any) -> None:
        """Forget what is done again."""
        self._run.forget_after(state.global_step)
        self._run.tell("running", step=state.global_step, steps=state.max_steps)

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **more: Any) -> None:
        """Write down a step's numbers, but not the sum at the end: it knows no earlier start."""
        if logs and "train_runtime" not in logs:
            self._run.add_metrics(state.global_step, logs)

    def on_step_end(self, args: Any, state: Any, control: Any, **more: Any) -> None:
        """Say how far it is, and stop where that is asked."""
        self._run.tell("running", step=state.global_step, steps=state.max_steps)
        if self._stopping.asked:
            control.should_save = control.should_training_stop = True


class Finite:
    """A mixin for a trainer: no step whose loss or gradient is not finite."""

    state: Any

    def compute_loss(self, *given: Any, **named: Any) -> Any:
        """The loss as the trainer has it, checked."""
        loss = super().compute_loss(*given, **named)  # type: ignore[misc]
        check_finite("loss", float(loss.detach()), self.state.global_step + 1)
        return loss

    def _get_grad_norm(self, model: Any, grad_norm: Any = None) -> Any:
        """The norm of the gradient as the trainer has it, checked before the optimizer's step."""
        norm = super()._get_grad_norm(model, grad_norm)  # type: ignore[misc]
        if norm is not None:  # DeepSpeed keeps its first to itself
            check_finite("gradient", float(norm), self.state.global_step + 1)
        return norm
