"""A dataset appears whole or not at all, loads with `datasets`, and is named after its content."""

import errno
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.core.errors import Refused
from export.build import MANIFEST, build, read_manifest
from export.formats import FORMATS
from export.manifest import Manifest, Origin
from export.masks import MaskPolicy
from export.rows import Row
from tests.export.sample_rows import bare_row, make_row

ROWS = [make_row(1), make_row(2)]


def build_rows(folder: Path, origin: Origin, name: str = "rows", **masks: bool) -> Manifest:
    """A dataset of ROWS."""
    policy = MaskPolicy(**masks)
    return build(ROWS, folder, FORMATS.make(name), policy=policy, origin=origin)


def load(folder: Path, config: str, cache: Path) -> list[dict[str, Any]]:
    """The records as a trainer gets them."""
    import datasets

    if config == "jsonl":
        lines = str(folder / "train.jsonl")
        read = datasets.load_dataset("json", data_files=lines, cache_dir=str(cache))
    else:
        read = datasets.load_dataset(str(folder), cache_dir=str(cache))
    return list(read["train"])


@pytest.mark.parametrize("config", ["folder", "jsonl"])
@pytest.mark.parametrize("name", sorted(FORMATS.entries))
def test_it_loads_as_it_was_written(name: str, config: str, tmp_path: Path, origin: Origin) -> None:
    manifest = build_rows(tmp_path, origin, name)
    records = [FORMATS.make(name).record(row) for row in ROWS]
    assert load(tmp_path / manifest.fingerprint, config, tmp_path / "cache") == records


def test_empty_columns_keep_their_types(tmp_path: Path, origin: Origin) -> None:
    style = FORMATS.make("rows")
    manifest = build([bare_row()], tmp_path, style, policy=MaskPolicy(), origin=origin)
    [record] = load(tmp_path / manifest.fingerprint, "folder", tmp_path / "cache")
    assert record == style.record(bare_row())


def test_the_fingerprint_is_of_rows_format_and_masks_alone(tmp_path: Path, origin: Origin) -> None:
    later = origin.model_copy(update={"built_at": origin.built_at.replace(year=2027), "people": ()})
    first = build_rows(tmp_path / "a", origin)
    assert build_rows(tmp_path / "b", later).fingerprint == first.fingerprint
    others = [
        build_rows(tmp_path / "c", origin, hints=False),
        build_rows(tmp_path / "c", origin, "messages"),
        build(ROWS[:1], tmp_path, FORMATS.make("rows"), policy=MaskPolicy(), origin=origin),
    ]
    assert len({first.fingerprint, *(other.fingerprint for other in others)}) == 4


def test_the_same_again_gives_the_manifest_that_is_there(tmp_path: Path, origin: Origin) -> None:
    first = build_rows(tmp_path, origin)
    later = origin.model_copy(update={"code_version": "9"})
    assert build_rows(tmp_path, later) == first
    assert [entry.name for entry in tmp_path.iterdir()] == [first.fingerprint]


def test_the_manifest_says_what_is_there(tmp_path: Path, origin: Origin) -> None:
    manifest = build_rows(tmp_path, origin)
    folder = tmp_path / manifest.fingerprint
    assert read_manifest(folder) == manifest
    assert {file.name: file.bytes for file in manifest.files} == {
        file.name: file.stat().st_size for file in folder.iterdir() if file.name != MANIFEST
    }
    assert manifest.counts.model_dump(include={"rows", "problems", "traces", "hints"}) == {
        "rows": 2,
        "problems": 2,
        "traces": 2,
        "hints": 2,
    }
    assert manifest.counts.flaws == {"wrong-variables": 2}
    lines = (folder / "lineage.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["hash"] for line in lines] == [row.hash for row in ROWS]


def broken(error: Exception) -> Iterator[Row]:
    """Rows that break off."""
    yield ROWS[0]
    raise error


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "no space"), OSError(errno.EIO, "broken"), KeyError("x")]
)
def test_nothing_half_written_is_left(error: Exception, tmp_path: Path, origin: Origin) -> None:
    expected = Refused if getattr(error, "errno", 0) == errno.ENOSPC else type(error)
    with pytest.raises(expected):
        build(broken(error), tmp_path, FORMATS.make("rows"), policy=MaskPolicy(), origin=origin)
    assert not list(tmp_path.iterdir())


def test_no_rows_are_refused(tmp_path: Path, origin: Origin) -> None:
    with pytest.raises(Refused, match="nothing to export"):
        build([], tmp_path, FORMATS.make("rl"), policy=MaskPolicy(), origin=origin)
