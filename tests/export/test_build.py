"""A dataset appears whole or not at all, loads with `datasets`, and is named after its content."""

import errno
import json
from collections.abc import Iterable, Iterator
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from time import sleep
from typing import Any

import pytest
import yaml

from app.backends.reasoners.tokens import ModelTokens, load_tokens
from app.core.errors import Refused
from app.core.masks import MaskPolicy
from export.build import MANIFEST, Chosen, Making, build, read_manifest
from export.formats import FORMATS
from export.left_out import LeftOut
from export.manifest import Manifest, Origin, Source
from export.rows import Lineage
from tests.export.conftest import making_of
from tests.export.sample_rows import bare_row, make_row
from tests.tiny_tokenizer import THINKING_TEMPLATE, make_tokenizer

ROWS = [make_row(1), make_row(2)]
FORBIDDEN = Source(name="calm-studio", licence="CC BY-NC", redistribution=False)
NEAR = LeftOut(
    reason="near-benchmark",
    detail="nl4opt #1, 0.93",
    key="k",
    lineage=Lineage(project="demo", problem_id=4),
)


def build_rows(
    folder: Path, origin: Origin, making: Making, items: Iterable[Chosen | LeftOut] = ()
) -> Manifest:
    """A dataset of `items`, or of ROWS."""
    return build(items or [Chosen(row) for row in ROWS], folder, making, origin)


def lines(folder: Path, name: str) -> list[dict[str, Any]]:
    """The lines of a file of a dataset."""
    return [json.loads(line) for line in (folder / name).read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("name", sorted(FORMATS.entries))
def test_it_loads_as_it_was_written(
    name: str, tmp_path: Path, origin: Origin, tokens: ModelTokens
) -> None:
    import datasets

    making = making_of(name, tokens)
    manifest = build_rows(tmp_path, origin, making)
    folder = str(tmp_path / manifest.fingerprint)
    loaded = datasets.load_dataset(folder, cache_dir=str(tmp_path / "cache"))
    assert list(loaded["train"]) == [record for row in ROWS for record, _ in making.records(row)]


def test_empty_columns_keep_their_types(tmp_path: Path, origin: Origin) -> None:
    import datasets

    making = making_of("rows")
    manifest = build_rows(tmp_path, origin, making, [Chosen(bare_row())])
    folder = str(tmp_path / manifest.fingerprint)
    [loaded] = datasets.load_dataset(folder, cache_dir=str(tmp_path / "cache"))["train"]
    assert [loaded] == [record for record, _ in making.records(bare_row())]


def test_splits_are_files_of_their_own(tmp_path: Path, origin: Origin) -> None:
    import datasets

    items = [Chosen(ROWS[0]), Chosen(ROWS[1], "test")]
    manifest = build_rows(tmp_path, origin, making_of("messages"), items)
    folder = str(tmp_path / manifest.fingerprint)
    loaded = datasets.load_dataset(folder, cache_dir=str(tmp_path / "cache"))
    assert {split: loaded[split]["id"][:] for split in loaded} == {
        "train": [ROWS[0].id],
        "test": [ROWS[1].id],
    }
    assert manifest.counts.splits == {"train": 1, "test": 1}


def test_the_fingerprint_is_of_what_is_in_it_alone(
    tmp_path: Path, origin: Origin, tokens: ModelTokens
) -> None:
    later = origin.model_copy(update={"built_at": origin.built_at.replace(year=2027), "people": ()})
    other_tokens = load_tokens(str(make_tokenizer(tmp_path / "tokens", THINKING_TEMPLATE, [])))
    plain = making_of("rows")
    first = build_rows(tmp_path / "a", origin, plain)
    assert build_rows(tmp_path / "b", later, plain).fingerprint == first.fingerprint
    c, one = tmp_path / "c", Chosen(ROWS[0])
    others = [
        build_rows(c, origin, making_of("rows", hints=False)),
        build_rows(c, origin, making_of("messages")),
        build_rows(c, origin, plain, [one]),
        build_rows(c, origin, plain, [one, NEAR]),
        build_rows(c, origin, plain, [one, Chosen(ROWS[1], "test")]),
        build_rows(c, origin, making_of("axolotl", tokens)),
        build_rows(c, origin, making_of("axolotl", other_tokens)),
    ]
    assert len({first.fingerprint, *(other.fingerprint for other in others)}) == 8


def test_the_same_rows_are_the_same_bytes(tmp_path: Path, origin: Origin) -> None:
    later = origin.model_copy(update={"built_at": origin.built_at.replace(year=2027), "people": ()})
    one = build_rows(tmp_path / "a", origin, making_of("rows"))
    other = build_rows(tmp_path / "b", later, making_of("rows"))
    assert one.files == other.files


def test_the_same_again_gives_the_manifest_that_is_there(tmp_path: Path, origin: Origin) -> None:
    first = build_rows(tmp_path, origin, making_of("rows"))
    later = origin.model_copy(update={"code_version": "9"})
    assert build_rows(tmp_path, later, making_of("rows")) == first
    assert [entry.name for entry in tmp_path.iterdir()] == [first.fingerprint]


def test_the_manifest_says_what_is_there(tmp_path: Path, origin: Origin) -> None:
    manifest = build_rows(tmp_path, origin, making_of("rows"))
    folder = tmp_path / manifest.fingerprint
    assert read_manifest(folder) == manifest
    assert {file.name: file.bytes for file in manifest.files} == {
        file.name: file.stat().st_size for file in folder.iterdir() if file.name != MANIFEST
    }
    told = manifest.counts.model_dump(include={"rows", "records", "problems", "traces", "hints"})
    assert told == {"rows": 2, "records": 2, "problems": 2, "traces": 2, "hints": 2}
    assert manifest.counts.flaws == {"wrong-variables": 2}
    found = [
        (line["id"], line["hash"], line["trace_id"]) for line in lines(folder, "lineage.jsonl")
    ]
    assert found == [(row.id, row.hash, number) for number, row in enumerate(ROWS, 1)]


def test_what_stays_out_is_listed_and_counted(
    tmp_path: Path, origin: Origin, tokens: ModelTokens
) -> None:
    style, wide = FORMATS.make("sft-tokenized"), make_row(7)
    wide = wide.model_copy(update={"system": "Use Python. " * 40})
    items = [NEAR, Chosen(ROWS[0]), Chosen(ROWS[0]), Chosen(wide)]
    making = Making(style, MaskPolicy(), tokens, max_tokens=400)
    manifest = build_rows(tmp_path, origin, making, items)
    told = lines(tmp_path / manifest.fingerprint, "left_out.jsonl")
    assert [line["reason"] for line in told] == ["near-benchmark", "duplicate", "too-long"]
    assert int(told[-1]["detail"]) > 400
    assert manifest.counts.left_out == {"duplicate": 1, "near-benchmark": 1, "too-long": 1}
    assert manifest.counts.rows == 1
    assert manifest.counts.longest == making.records(ROWS[0])[0][1]


def test_where_all_stays_out_the_reasons_are_told(
    tmp_path: Path, origin: Origin, tokens: ModelTokens
) -> None:
    making = Making(FORMATS.make("sft-tokenized"), MaskPolicy(), tokens, max_tokens=3)
    with pytest.raises(Refused, match="left out: 2 over the limit of tokens"):
        build_rows(tmp_path, origin, making)
    with pytest.raises(Refused, match="nothing to export"):
        build_rows(tmp_path, origin, making_of("trl-rl"), iter(()))
    assert not list(tmp_path.iterdir())


def test_a_row_without_a_record_is_no_row_of_the_dataset(
    tmp_path: Path, origin: Origin, tokens: ModelTokens
) -> None:
    """A split of such rows alone would have no file, and the folder would not load."""
    import datasets

    items = [Chosen(ROWS[0]), Chosen(bare_row(), "test")]
    manifest = build_rows(tmp_path, origin, making_of("preference", tokens), items)
    folder = tmp_path / manifest.fingerprint
    loaded = datasets.load_dataset(str(folder), cache_dir=str(tmp_path / "cache"))
    assert {split: len(loaded[split]) for split in loaded} == {"train": 1}
    assert list(json.loads((folder / "dataset_info.json").read_text())) == ["calm_train"]
    assert [line["reason"] for line in lines(folder, "left_out.jsonl")] == ["no-record"]
    assert (manifest.counts.rows, len(lines(folder, "lineage.jsonl"))) == (1, 1)


def test_a_format_of_tokens_asks_for_a_tokenizer() -> None:
    with pytest.raises(Refused, match="needs the tokenizer"):
        making_of("sft-tokenized")


def test_the_card_is_one_that_a_hub_reads(
    tmp_path: Path, origin: Origin, tokens: ModelTokens
) -> None:
    told = origin.model_copy(update={"sources": (FORBIDDEN,)})
    hostile = make_row(5).model_copy(update={"model": "```\n# <script>"})
    manifest = build_rows(tmp_path, told, making_of("rows"), [Chosen(hostile)])
    text = (tmp_path / manifest.fingerprint / "README.md").read_text(encoding="utf-8")
    _, head, body = text.split("---\n", 2)
    parsed = yaml.safe_load(head)
    [config] = parsed["configs"]
    assert config["data_files"] == [{"split": "train", "path": "train.parquet"}]
    assert "Not to be passed on: calm-studio" in body
    assert "- calm-studio: 1 rows, licence CC BY-NC" in body
    assert "never on the prompt or on outputs" in body
    assert body.count("```") == 4
    assert "2026" not in text


@pytest.mark.parametrize("name", ["messages", "sharegpt", "prompt-completion"])
def test_a_card_says_that_outputs_are_not_masked(
    name: str, tmp_path: Path, origin: Origin, tokens: ModelTokens
) -> None:
    manifest = build_rows(tmp_path, origin, making_of(name, tokens))
    text = (tmp_path / manifest.fingerprint / "README.md").read_text(encoding="utf-8")
    assert "outputs inside a trace" in text


def broken(error: Exception) -> Iterator[Chosen]:
    """Rows that break off."""
    yield Chosen(ROWS[0])
    raise error


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "no space"), OSError(errno.EIO, "broken"), KeyError("x")]
)
def test_nothing_half_written_is_left(error: Exception, tmp_path: Path, origin: Origin) -> None:
    expected = Refused if getattr(error, "errno", 0) == errno.ENOSPC else type(error)
    with pytest.raises(expected):
        build_rows(tmp_path, origin, making_of("rows"), broken(error))
    assert not list(tmp_path.iterdir())


def without_end(folder: Path, origin: Origin) -> None:
    """A build that goes on until it is killed."""
    build_rows(folder, origin, making_of("rows"), (Chosen(make_row(each)) for each in count()))


def test_what_a_killed_build_left_is_no_dataset_and_goes_with_the_next(
    tmp_path: Path, origin: Origin
) -> None:
    builder = get_context("spawn").Process(target=without_end, args=(tmp_path, origin))
    builder.start()
    while not any(tmp_path.glob(".draft-*/train.parquet")):
        assert builder.is_alive()
        sleep(0.01)
    builder.kill()
    builder.join()
    [left] = tmp_path.iterdir()
    assert not (left / MANIFEST).exists()
    other = tmp_path / ".draft-7-x"
    other.mkdir()
    manifest = build_rows(tmp_path, origin, making_of("rows"))
    assert {each.name for each in tmp_path.iterdir()} == {manifest.fingerprint, other.name}


def test_a_disk_that_fills_with_the_last_batch_leaves_nothing_open(
    tmp_path: Path, origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[Any] = []

    def full(table: Any) -> None:
        kept.append(table._writer)
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr("export.files._Table.flush", full)
    with pytest.raises(Refused, match="disk is full"):
        build_rows(tmp_path, origin, making_of("rows"))
    assert [writer.is_open for writer in kept] == [False]
    assert not list(tmp_path.iterdir())
