"""What is trained on is what was exported, and what is doubtful is refused before a model loads."""

from pathlib import Path

import pytest

from app.backends.reasoners.tokens import ModelTokens, load_tokens
from app.core.answer import Reference
from app.core.errors import Invalid, NotFound, Refused
from export.build import MANIFEST
from tests.export.sample_rows import discarded_row
from tests.tiny_tokenizer import TEMPLATE, THINKING_TEMPLATE, make_tokenizer
from tests.trainers.borders import says
from tests.training.conftest import ROWS, Made
from training.data import find_dataset, open_dataset, problem_rows, token_rows
from training.rewards import reward

PLENTY = 10_000


@pytest.mark.parametrize("format_", ["sft-tokenized", "rows"])
def test_a_row_is_trained_on_as_it_was_masked(
    made: Made, tokens: ModelTokens, format_: str
) -> None:
    rows = token_rows(open_dataset(made(format_)), tokens, PLENTY)
    assert [row.id for row in rows] == [row.id for row in ROWS]
    for row, found in zip(ROWS, rows, strict=True):
        says(row, found.input_ids, found.labels, tokens)


def test_both_formats_give_the_same_tokens(made: Made, tokens: ModelTokens) -> None:
    one, other = (
        token_rows(open_dataset(made(n)), tokens, PLENTY) for n in ("sft-tokenized", "rows")
    )
    assert one == other


def test_a_dataset_is_found_by_its_folder_or_its_fingerprint(made: Made) -> None:
    folder = made("rows")
    assert find_dataset(str(folder), Path("nowhere")) == folder
    assert find_dataset(folder.name[:8], folder.parent) == folder


@pytest.mark.parametrize("name", ["nothing", "abc", "..", "*"])
def test_what_is_no_dataset_is_not_found(made: Made, name: str) -> None:
    with pytest.raises(NotFound, match="There is no dataset"):
        find_dataset(name, made("rows").parent)


def test_another_fingerprint_than_is_meant_is_refused(made: Made) -> None:
    folder = made("rows")
    open_dataset(folder, folder.name[:12])
    with pytest.raises(Refused, match="abc123 is meant"):
        open_dataset(folder, "abc123")


def test_a_folder_that_is_named_after_another_dataset_is_refused(made: Made) -> None:
    folder = made("rows")
    moved = folder.rename(folder.parent / ("0" * 64))
    with pytest.raises(Refused, match="has the fingerprint"):
        open_dataset(moved)


def test_a_file_that_was_changed_or_lost_is_noticed(made: Made) -> None:
    folder = made("rows")
    (folder / "lineage.jsonl").write_text("{}\n")
    with pytest.raises(Invalid, match="was changed since it was built"):
        open_dataset(folder)
    (folder / "lineage.jsonl").unlink()
    with pytest.raises(Invalid, match="is missing"):
        open_dataset(folder)


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"version": 9}'])
def test_a_manifest_that_is_none(made: Made, text: str) -> None:
    folder = made("rows")
    (folder / MANIFEST).write_text(text)
    with pytest.raises(Invalid, match="no manifest"):
        open_dataset(folder)


def test_another_tokenizer_is_refused_and_what_differs_is_said(made: Made, tmp_path: Path) -> None:
    dataset = open_dataset(made("sft-tokenized"))
    template = load_tokens(str(make_tokenizer(tmp_path / "a", TEMPLATE, [("t", "h")])))
    with pytest.raises(Refused, match="another vocabulary or rules and chat template"):
        token_rows(dataset, template, PLENTY)
    merges = [("t", "h"), ("Ċ", "`"), ("`", "`"), ("Ċ", "B"), (".", "Ċ"), ("o", "n")]
    rules = load_tokens(str(make_tokenizer(tmp_path / "b", THINKING_TEMPLATE, merges)))
    with pytest.raises(Refused, match=r"another vocabulary or rules\. Export"):
        token_rows(dataset, rules, PLENTY)


def test_rows_over_the_limit_are_named_and_none_is_cut(made: Made, tokens: ModelTokens) -> None:
    dataset = open_dataset(made("sft-tokenized"))
    longest = dataset.manifest.counts.longest
    assert longest
    assert token_rows(dataset, tokens, longest)
    with pytest.raises(Refused) as told:
        token_rows(dataset, tokens, longest - 1)
    assert all(row.id in str(told.value) for row in ROWS)
    assert f"{longest:,} tokens" in str(told.value)


def test_a_format_that_can_not_mask_is_refused(made: Made, tokens: ModelTokens) -> None:
    with pytest.raises(Refused, match="SFT reads the formats"):
        token_rows(open_dataset(made("messages")), tokens, PLENTY)


def test_a_path_that_is_not_golden_is_refused(made: Made, tokens: ModelTokens) -> None:
    dataset = open_dataset(made("rows", [ROWS[0], discarded_row()]))
    with pytest.raises(Refused, match="not golden but discard"):
        token_rows(dataset, tokens, PLENTY)


def test_a_dataset_without_rows_to_train_on_is_refused(made: Made, tokens: ModelTokens) -> None:
    with pytest.raises(Refused, match="no split train to train on; it has test"):
        token_rows(open_dataset(made("rows", split="test")), tokens, PLENTY)


def test_problems_are_read_for_rl(made: Made, tokens: ModelTokens) -> None:
    rows = problem_rows(open_dataset(made("trl-rl")), tokens, PLENTY)
    assert [row["id"] for row in rows] == [row.id for row in ROWS]
    assert rows[0]["prompt"][-1] == {"role": "user", "content": ROWS[0].problem.question}
    assert reward("\\boxed{12.5}", rows[0]["answer"], rows[0]["tolerance"]) == 1.0


def test_problems_that_rl_has_no_use_for_are_named(made: Made, tokens: ModelTokens) -> None:
    dataset = open_dataset(made("trl-rl"))
    with pytest.raises(Refused, match=f"{ROWS[0].id} "):
        problem_rows(dataset, tokens, 5)
    unknown = ROWS[0].model_copy(update={"reference": Reference(kind="unknown")})
    with pytest.raises(Refused, match=f"no known reference: {unknown.id}"):
        problem_rows(open_dataset(made("trl-rl", [unknown])), tokens, PLENTY)
    with pytest.raises(Refused, match="RL reads the format trl-rl"):
        problem_rows(open_dataset(made("rows")), tokens, PLENTY)
