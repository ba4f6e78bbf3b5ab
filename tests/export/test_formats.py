"""Every format is what it was: its records are compared with files that are kept for ever."""

import json
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from app.backends.reasoners.tokens import ModelTokens
from export.files import dump
from export.formats import FORMATS
from export.upgrade import manifest_from, row_from
from tests.export.sample_rows import bare_row, discarded_row, make_row

GOLDEN = Path(__file__).parent / "golden"
DOCS = Path(__file__).resolve().parents[2] / "docs" / "formats.md"
NAMES = sorted(FORMATS.entries)


def records(name: str, tokens: ModelTokens) -> list[dict[str, Any]]:
    """What a format makes of the sample rows that it takes."""
    style = FORMATS.make(name)
    paths = [make_row(), discarded_row()] if style.flawed else [make_row()]
    rows = [make_row(), bare_row()] if style.unit == "problem" else paths
    return list(chain.from_iterable(style.records(row, tokens) for row in rows))


def test_a_stored_row_is_still_read() -> None:
    stored = (GOLDEN / "rows.v1.jsonl").read_text(encoding="utf-8").splitlines()
    path, problem = (row_from(json.loads(line)) for line in stored)
    assert [segment.text for segment in path.segments] == [
        segment.text for segment in make_row().segments
    ]
    assert (path.verdict, problem.verdict) == ("golden", None)
    assert path.corrections[0].flaw == "wrong-variables"
    assert path.lineage
    assert path.lineage.trace_id == 1


def test_a_stored_manifest_is_still_read() -> None:
    for version in (1, 2):
        stored = (GOLDEN / f"manifest.v{version}.json").read_text(encoding="utf-8")
        manifest = manifest_from(json.loads(stored))
        assert manifest.counts.splits == {"train": 2}
        assert manifest.counts.records == 2


@pytest.mark.parametrize("name", NAMES)
def test_the_records_are_those_of_the_golden_file(name: str, tokens: ModelTokens) -> None:
    golden = GOLDEN / f"{name}.v{FORMATS.make(name).version}.jsonl"
    assert "".join(map(dump, records(name, tokens))) == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_arrow_gives_the_records_back(name: str, tokens: ModelTokens) -> None:
    style, made = FORMATS.make(name), records(name, tokens)
    assert set(made[0]) == set(style.schema().names)
    table = pa.Table.from_pylist(made, schema=style.schema())
    assert table.to_pylist() == json.loads(json.dumps(made))


@pytest.mark.parametrize("name", NAMES)
def test_the_format_and_its_fields_are_documented(name: str) -> None:
    _, _, section = DOCS.read_text(encoding="utf-8").partition(f"## `{name}`")
    section = section.partition("\n## ")[0]
    assert section
    assert not [field for field in FORMATS.make(name).schema().names if f"`{field}`" not in section]
