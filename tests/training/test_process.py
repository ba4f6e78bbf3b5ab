"""A stage as the process that it is: killed, told to stop, and wrong, and how it goes on."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from tests.training.conftest import Begun, metrics, same
from training.run_folder import RunFolder

pytestmark = pytest.mark.training
STEPS = 60
MANY = ("sft.epochs=30", "sft.save_every=5")
Process = subprocess.Popen[str]
Start = Callable[[RunFolder], Process]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts `python -m training.STAGE RUN`, as `calm train` does; none outlives the test."""
    begun: list[Process] = []

    def started(run: RunFolder) -> Process:
        command = [sys.executable, "-P", "-m", f"training.{run.asked.stage}", str(run.path)]
        # One thread: what bitwise the same end hangs on.
        more = {"OMP_NUM_THREADS": "1", "CALM_DATA": str(run.path.parent / "data")}
        pipe = subprocess.PIPE
        begun.append(subprocess.Popen(command, env=os.environ | more, stderr=pipe, text=True))
        return begun[-1]

    yield started
    for process in begun:
        process.kill()
        process.communicate()


def ended(process: Process, signalled: int | None = None) -> tuple[int, str]:
    """Its exit code and what it said, after a signal."""
    if signalled is not None:
        process.send_signal(signalled)
    _, said = process.communicate(timeout=300)
    return process.returncode, said


def wait_for(process: Process, happened: Callable[[], bool]) -> None:
    while not happened():
        assert process.poll() is None, process.communicate()[1]
        time.sleep(0.02)


def test_a_killed_process_and_a_stopped_one_go_on_to_the_same_end(
    begun: Begun, start: Start
) -> None:
    straight, cut = begun("straight", *MANY), begun("cut", *MANY)
    assert ended(start(straight))[0] == 0

    killed = start(cut)
    wait_for(killed, lambda: (cut.checkpoints / "checkpoint-5").is_dir())
    assert ended(killed, signal.SIGKILL)[0] == -signal.SIGKILL

    stopped = start(cut)
    before = len(metrics(cut))
    wait_for(stopped, lambda: len(metrics(cut)) > before)
    code, said = ended(stopped, signal.SIGTERM)
    assert (code, cut.status and cut.status.state) == (2, "stopped")
    assert f"calm train resume {cut.path}` goes on from step" in said

    assert ended(start(cut))[0] == 0
    assert same(straight.model, cut.model)
    assert [line["step"] for line in metrics(cut)] == list(range(1, STEPS + 1))


def test_what_is_wrong_is_one_line_and_the_runs_status(begun: Begun, start: Start) -> None:
    run = begun("run", "sft.learning_rate=1e20", "sft.max_grad_norm=1e30", "sft.warmup=0")
    code, said = ended(start(run))
    assert code == 2
    assert said.splitlines()[-1].startswith("calm: The ")
    assert run.status
    assert run.status.state == "failed"
    assert "smaller learning_rate" in run.status.message


def test_rl_is_a_process_too(begun: Begun, start: Start) -> None:
    few = ("grpo.batch=2", "grpo.at_once=2", "grpo.group=2", "grpo.max_steps=1", "grpo.written=8")
    run = begun("run", *few, dataset="trl-rl", stage="grpo")
    code, said = ended(start(run))
    assert code == 0, said
    assert (run.model / "README.md").is_file()
