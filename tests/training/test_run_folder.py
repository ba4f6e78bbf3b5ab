"""The run folder: whole at any moment, and one run for as long as it goes on."""

import json
from pathlib import Path

import pytest

from app.core.errors import Invalid, Refused
from training.failures import check_finite, held, in_plain_words, is_out_of_memory
from training.recipe import load_recipe
from training.run_folder import RunFolder, Settings

SETTLED = Settings(
    stage="sft",
    recipe=load_recipe("mini"),
    dataset="there",
    fingerprint="f" * 64,
    rows=2,
    tokenizer="t" * 64,
    versions={"trl": "1"},
)


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    """An empty one."""
    return RunFolder(tmp_path)


def test_a_run_stays_what_it_began_as(run: RunFolder) -> None:
    run.settle(SETTLED)
    moved = SETTLED.model_copy(update={"dataset": "here", "versions": {"trl": "2"}})
    run.settle(moved)
    assert run.settings == SETTLED
    with pytest.raises(Refused, match="another recipe and tokenizer"):
        run.settle(
            SETTLED.model_copy(update={"tokenizer": "u", "recipe": load_recipe("mini", ["seed=1"])})
        )


def test_metrics_have_each_step_once_and_are_json(run: RunFolder) -> None:
    for step in (1, 2, 3):
        run.add_metrics(step, {"loss": 0.5, "grad_norm": float("nan")})
    run.forget_after(1)
    run.add_metrics(2, {"loss": 0.25})
    lines = [json.loads(line) for line in (run.path / "metrics.jsonl").read_text().splitlines()]
    assert [(line["step"], line["loss"]) for line in lines] == [(1, 0.5), (2, 0.25)]
    assert lines[0]["grad_norm"] is None


def test_a_process_that_does_not_lead_writes_nothing(tmp_path: Path) -> None:
    other = RunFolder(tmp_path, leads=False)
    other.settle(SETTLED)
    other.tell("running")
    other.add_metrics(1, {"loss": 1.0})
    assert not list(tmp_path.iterdir())


def test_the_last_checkpoint_is_the_newest_whole_one(run: RunFolder) -> None:
    for step, state in ((2, "{}"), (10, "{}"), (12, '{"half')):
        folder = run.checkpoints / f"checkpoint-{step}"
        folder.mkdir(parents=True)
        (folder / "trainer_state.json").write_text(state)
    assert run.last_checkpoint() == run.checkpoints / "checkpoint-10"
    assert not (run.checkpoints / "checkpoint-12").exists()


@pytest.mark.parametrize("text", [None, "", "{}", '{"stage": "other"}'])
def test_what_is_asked_can_not_be_read(run: RunFolder, text: str | None) -> None:
    if text is not None:
        (run.path / "asked.json").write_text(text)
    with pytest.raises(Invalid, match=r"asked\.json is missing or can't be read"):
        _ = run.asked


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes"),
        RuntimeError("CUDA error: out of memory"),
        type("OutOfMemoryError", (RuntimeError,), {})("CUDA out of memory."),
    ],
)
def test_memory_that_ran_out_is_known_and_told_of(
    run: RunFolder, error: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    assert is_out_of_memory(error)
    run.tell("running", step=7, steps=9)
    (run.checkpoints / "checkpoint-6").mkdir(parents=True)
    (run.checkpoints / "checkpoint-6" / "trainer_state.json").write_text("{}")
    with pytest.raises(SystemExit) as end, in_plain_words(run):
        raise error
    assert end.value.code == 2
    status = run.status
    assert status
    assert (status.state, status.step, status.steps) == ("failed", 7, 9)
    assert "a smaller at_once" in status.message
    assert "goes on from step 6" in status.message
    assert capsys.readouterr().err.endswith(status.message + "\n")


def test_any_other_error_is_told_of_with_its_trace(
    run: RunFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not is_out_of_memory(ValueError("memory"))
    with pytest.raises(SystemExit), in_plain_words(run):
        raise KeyError("odd")
    assert "Traceback" in capsys.readouterr().err
    assert run.status
    assert run.status.message == "KeyError: 'odd'"


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_no_number_names_its_step(number: float) -> None:
    check_finite("loss", 1.0, 1)
    with pytest.raises(Exception, match="The loss of step 4"):
        check_finite("loss", number, 4)


def test_a_run_is_one_processs_at_a_time_and_done_once(
    run: RunFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    with held(run), pytest.raises(SystemExit) as other, held(RunFolder(run.path)):
        pass
    assert other.value.code == 2
    assert capsys.readouterr().err == f"calm: Another process trains in {run.path}.\n"
    run.tell("done", "The model is there.")
    with pytest.raises(SystemExit) as again, held(run):
        pass
    assert again.value.code == 0
    assert run.status
    assert run.status.state == "done"
