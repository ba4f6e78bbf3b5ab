"""What ends a run before its end, in words that say what to do; the run can go on afterwards.

Promises: an error of the domain, memory that runs out and a loss that is no number are one line on
stderr and in the run's status, never a stack trace alone; the exit code is 2.
"""

import fcntl
import math
import signal
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Literal

from app.core.errors import CalmError
from training.run_folder import RunFolder

NOT_DONE = 2
_NO_MEMORY = ("can't allocate memory", "not enough memory", "out of memory")
_LESS_MEMORY = (
    "Take less at once: a smaller at_once (the batch stays the same), activation_checkpointing, the"
    " method lora or qlora, a smaller max_tokens with an export that fits it, or more GPUs."
)


class NotFinite(CalmError):
    """A loss or a gradient that is no number: nothing of it went into the weights."""


class Stopped(CalmError):
    """The run was asked to end; it kept what it had."""


class Stopping:
    """Whether the run was asked to end; Ctrl-C and SIGTERM ask."""

    asked = False

    def listen(self) -> None:
        """Take those signals as a wish from now on."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self.asked = True


@contextmanager
def held(run: RunFolder) -> Iterator[None]:
    """Keep a run for this process; one that is done, or that another trains, is left as it is."""
    if not run.leads:
        yield
        return
    with (run.path / ".lock").open("w") as lock:
        status = run.status
        if status and status.state == "done":
            print(f"calm: This run is done. {status.message}", file=sys.stderr)
            sys.exit(0)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            print(f"calm: Another process trains in {run.path}.", file=sys.stderr)
            sys.exit(NOT_DONE)
        yield


@contextmanager
def in_plain_words(run: RunFolder) -> Iterator[None]:
    """Say why a run ended before its end, and end the process."""
    try:
        yield
    except Stopped as stop:
        _end(run, "stopped", str(stop))
    except CalmError as error:
        _end(run, "failed", str(error))
    except Exception as error:
        traceback.print_exc()
        _end(run, "failed", _words(error))


def check_finite(name: str, number: float, step: int) -> None:
    """Raise NotFinite where a step's loss or gradient is no number."""
    if not math.isfinite(number):
        raise NotFinite(
            f"The {name} of step {step} is {number}. Nothing of it went into the weights. Train"
            " with a smaller learning_rate or max_grad_norm, from the model or from a checkpoint"
            " of this run (--model RUN/checkpoints/checkpoint-N); with fp32 where it was bf16."
        )


def is_out_of_memory(error: BaseException) -> bool:
    """Whether memory ran out: torch says so in several ways, one for each kind of memory."""
    told = str(error).lower()
    kind = isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError"
    return kind or (isinstance(error, RuntimeError) and any(each in told for each in _NO_MEMORY))


def _words(error: Exception) -> str:
    if is_out_of_memory(error):
        return f"Memory ran out. {_LESS_MEMORY}"
    return f"{type(error).__name__}: {str(error)[:500]}"


def _end(run: RunFolder, state: Literal["stopped", "failed"], message: str) -> None:
    before = run.status
    step, steps = (before.step, before.steps) if before else (0, 0)
    told = f"{message} {_goes_on(run)}".strip()
    run.tell(state, told, step, steps)
    if run.leads:
        print(f"calm: {told}", file=sys.stderr)
    sys.exit(NOT_DONE)


def _goes_on(run: RunFolder) -> str:
    kept = run.last_checkpoint()
    if kept is None:
        return ""
    return f"`calm train resume {run.path}` goes on from step {kept.name.rpartition('-')[2]}."
