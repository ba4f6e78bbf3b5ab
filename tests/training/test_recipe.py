"""Recipes: ours are whole, and one that makes no sense is refused in words."""

from pathlib import Path

import pytest

from app.core.errors import Invalid
from training.recipe import RECIPES, load_recipe

OURS = sorted(file.stem for file in RECIPES.glob("*.yaml"))


@pytest.mark.parametrize("name", OURS)
def test_each_of_ours_is_read_by_its_name(name: str) -> None:
    assert load_recipe(name).sft.batch


def test_ours_are_the_papers_and_one_for_a_cpu() -> None:
    assert load_recipe("storm-qwen3-4b").model == "Qwen/Qwen3-4B-Thinking-2507"
    assert load_recipe("mini").device == "cpu"


def test_changes_are_put_into_it() -> None:
    recipe = load_recipe("mini", ["sft.epochs=2", "seed=7", "sft.lora.rank=4", "model=a/b"])
    assert (recipe.sft.epochs, recipe.seed, recipe.sft.lora.rank) == (2, 7, 4)
    assert recipe.model == "a/b"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("sft.epochs", "NAME=VALUE"),
        ("seed.more=1", "NAME=VALUE"),
        ("sft.epoch=2", "sft.epoch: Extra inputs"),
        ("sft.learning_rate=-1", "sft.learning_rate: Input should be greater"),
        ("sft.method=half", "sft.method: Input should be"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(change: str, told: str) -> None:
    with pytest.raises(Invalid, match=told):
        load_recipe("mini", [change])


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text((RECIPES / "mini.yaml").read_text())
    assert load_recipe(str(file)) == load_recipe("mini")
    file.write_text("model: [")
    with pytest.raises(Invalid, match="is not YAML"):
        load_recipe(str(file))
    file.write_text("3")
    with pytest.raises(Invalid, match="not a mapping"):
        load_recipe(str(file))


def test_a_recipe_that_is_not_there() -> None:
    with pytest.raises(Invalid, match=f"one of {', '.join(OURS)}"):
        load_recipe("nothing")
