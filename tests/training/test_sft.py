"""SFT with a tiny model: what is learnt, how a run goes on, and what ends it in words."""

from pathlib import Path
from typing import Any

import pytest

from app.core.errors import Refused
from tests.training.conftest import Begun, Made, metrics, same, weights
from training.run_folder import RunFolder

pytestmark = pytest.mark.training

STEPS = 6


def trained(run: RunFolder, **stop: Any) -> list[dict[str, Any]]:
    """Train it, and give its metrics."""
    from training import sft
    from training.failures import Stopping

    sft.train(run, stop.get("stopping", Stopping()))
    return metrics(run)


class StopsAfter:
    """Asks to end after so many steps."""

    def __init__(self, steps: int) -> None:
        self._left = steps

    @property
    def asked(self) -> bool:
        self._left -= 1
        return self._left <= 0


def test_it_learns_and_leaves_a_whole_run_folder(begun: Begun, model: Path) -> None:
    run = begun()
    lines = trained(run)
    losses = [line["loss"] for line in lines if "loss" in line]
    assert len(losses) == STEPS
    assert losses[-1] < losses[0]
    assert run.status
    assert (run.status.state, run.status.step) == ("done", STEPS)
    assert list(run.tensorboard.glob("events*"))
    settled = run.settings
    assert settled
    assert settled.versions["trl"] == "1.16.0"
    assert not same(model, run.model)


def test_the_model_is_loaded_and_told_what_it_is_made_of(begun: Begun, made: Made) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    run = begun()
    trained(run)
    assert AutoModelForCausalLM.from_pretrained(run.model)
    assert AutoTokenizer.from_pretrained(run.model).chat_template
    card = (run.model / "README.md").read_text()
    settled = run.settings
    assert settled
    assert settled.fingerprint in card
    assert str(run.path.parent) not in card


def test_the_first_loss_is_that_of_the_masked_rows(begun: Begun, made: Made, model: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM

    from app.backends.reasoners.tokens import load_tokens
    from training.data import open_dataset, token_rows

    run = begun("run", "sft.batch=2", "sft.at_once=2", "sft.max_steps=1")
    [first, *_] = trained(run)
    net = AutoModelForCausalLM.from_pretrained(model)
    total, count = 0.0, 0
    for row in token_rows(open_dataset(made("rows")), load_tokens(str(model)), 10_000):
        with torch.no_grad():
            told = torch.log_softmax(net(torch.tensor([row.input_ids])).logits[0].double(), -1)
        for at, label in enumerate(row.labels[1:]):
            if label >= 0:
                total, count = total - told[at, label].item(), count + 1
    assert first["loss"] == pytest.approx(total / count, rel=1e-4)


def test_packing_and_canonical_rows_give_the_same_first_loss(begun: Begun) -> None:
    both = ("sft.batch=2", "sft.at_once=2", "sft.max_steps=1")
    plain = trained(begun("plain", *both))
    packed = trained(
        begun("packed", "sft.packing=true", "sft.max_steps=1", "max_tokens=2048", dataset="rows")
    )
    assert packed[0]["loss"] == pytest.approx(plain[0]["loss"], rel=1e-4)


def test_a_stopped_run_goes_on_to_the_same_end(begun: Begun) -> None:
    from training.failures import Stopped

    straight, stopped = begun("straight"), begun("stopped")
    wanted = trained(straight)
    with pytest.raises(Stopped, match=f"Stopped at step 3 of {STEPS}"):
        trained(stopped, stopping=StopsAfter(3))
    assert not stopped.model.exists()
    found = trained(stopped)
    assert same(straight.model, stopped.model)
    steps = [(line["step"], line.get("loss")) for line in found]
    assert steps == [(line["step"], line.get("loss")) for line in wanted]


def test_a_killed_run_goes_on_from_its_last_whole_checkpoint(begun: Begun) -> None:
    from training.failures import Stopped

    straight, killed = begun("straight"), begun("killed")
    trained(straight)
    with pytest.raises(Stopped):
        trained(killed, stopping=StopsAfter(5))
    # As a kill leaves it in the middle of the checkpoint of step 5, with half a line of metrics.
    (killed.checkpoints / "checkpoint-5" / "trainer_state.json").write_text('{"global_')
    with (killed.path / "metrics.jsonl").open("a") as file:
        file.write('{"step": 5, "lo')
    found = trained(killed)
    assert same(straight.model, killed.model)
    assert [line["step"] for line in found if "loss" in line] == list(range(1, STEPS + 1))


# PEFT asks by the older name.
@pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing` is deprecated")
def test_adapters_are_trained_and_merged_into_the_model(begun: Begun, model: Path) -> None:
    run = begun("run", "sft.method=lora", "sft.max_steps=2", "sft.lora.rank=4")
    trained(run)
    assert (run.adapter / "adapter_model.safetensors").is_file()
    assert weights(run.model).keys() == weights(model).keys()
    assert not same(model, run.model)


def test_a_loss_that_is_no_number_ends_the_run_and_changes_no_weight(
    begun: Begun, monkeypatch: pytest.MonkeyPatch
) -> None:
    from training.failures import NotFinite

    run = begun("run", "sft.learning_rate=1e20", "sft.max_grad_norm=1e30", "sft.warmup=0")
    with pytest.raises(NotFinite, match="smaller learning_rate"):
        trained(run)
    assert not run.model.exists()


def test_a_resumed_run_is_the_one_that_began(begun: Begun, made: Made) -> None:
    from tests.export.sample_rows import make_row

    run = begun()
    trained(run)
    other = made("rows", [make_row(7)])
    asked = run.asked.model_copy(update={"dataset": str(other)})
    (run.path / "asked.json").write_text(asked.model_dump_json())
    with pytest.raises(Refused, match="is meant"):
        trained(run)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("device=gpu", "asks for a GPU"),
        ("sft.method=qlora", "needs the package bitsandbytes"),
        ("report_to=[wandb]", "needs the package wandb"),
        ("sft.at_once=3", "no multiple of at_once"),
        ("seed=1", "Name the model"),
    ],
)
def test_what_is_not_there_is_said_before_anything_is_trained(
    begun: Begun, change: str, told: str
) -> None:
    run = begun("run", change)
    if told.startswith("Name"):
        asked = run.asked.model_copy(update={"model": ""})
        (run.path / "asked.json").write_text(asked.model_dump_json())
    with pytest.raises(Refused, match=told):
        trained(run)
    assert not run.checkpoints.exists()


def test_torchs_own_words_for_want_of_memory_are_known() -> None:
    import torch

    from training.failures import is_out_of_memory

    with pytest.raises(RuntimeError) as told:
        torch.empty(2**60, dtype=torch.uint8)
    assert is_out_of_memory(told.value)
