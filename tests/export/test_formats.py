"""Every format is what it was: its records are compared with files that are kept for ever."""

import json
from pathlib import Path

import pyarrow as pa
import pytest

from export.build import dump
from export.formats import FORMATS
from export.rows import Row
from tests.export.sample_rows import bare_row, make_row

GOLDEN = Path(__file__).parent / "golden"
DOCS = Path(__file__).resolve().parents[2] / "docs" / "formats.md"


def test_a_stored_row_is_still_read() -> None:
    stored = (GOLDEN / "rows.v1.jsonl").read_text(encoding="utf-8").splitlines()
    assert [Row.model_validate_json(line) for line in stored] == [make_row(), bare_row()]


@pytest.mark.parametrize("name", sorted(FORMATS.entries))
def test_the_records_are_those_of_the_golden_file(name: str) -> None:
    style = FORMATS.make(name)
    records = "".join(dump(style.record(row)) for row in (make_row(), bare_row()))
    golden = (GOLDEN / f"{name}.v{style.version}.jsonl").read_text(encoding="utf-8")
    assert records == golden


@pytest.mark.parametrize("name", sorted(FORMATS.entries))
def test_arrow_gives_the_records_back(name: str) -> None:
    style = FORMATS.make(name)
    records = [style.record(row) for row in (make_row(), bare_row())]
    assert set(records[0]) == set(style.schema().names)
    table = pa.Table.from_pylist(records, schema=style.schema())
    assert table.to_pylist() == json.loads(json.dumps(records))


@pytest.mark.parametrize("name", sorted(FORMATS.entries))
def test_the_format_and_its_fields_are_documented(name: str) -> None:
    _, _, section = DOCS.read_text(encoding="utf-8").partition(f"## `{name}`")
    section = section.partition("\n## ")[0]
    assert section
    assert not [field for field in FORMATS.make(name).schema().names if f"`{field}`" not in section]
