"""Files as rows: every form, every way to be broken, and the published files."""

import io
import json
import os
from pathlib import Path

import pyarrow
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from app.backends.importers import BadRow, Row, UnreadableFile, read_rows
from app.backends.importers.rows import LONGEST_ROW

ROWS = [{"question": "How many?\nAll, or “none”?", "answer": "5"}, {"question": "é", "answer": "6"}]


def read(content: bytes):
    return list(read_rows(io.BytesIO(content), "file"))


def lines(rows=ROWS) -> bytes:
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()


def parquet_bytes(rows=ROWS) -> bytes:
    stream = io.BytesIO()
    parquet.write_table(pyarrow.Table.from_pylist(rows), stream)
    return stream.getvalue()


CSV = 'question,answer\n"How many?\nAll, or “none”?",5\né,6\n'


@pytest.mark.parametrize(
    "content",
    [
        lines(),
        b"\xef\xbb\xbf" + lines(),
        b"\n" + lines() + b"\n\n",
        json.dumps(ROWS).encode(),
        json.dumps(ROWS, indent=1, ensure_ascii=False).encode(),
        "\n".join(json.dumps(row, indent=2) for row in ROWS).encode(),
        CSV.encode(),
        b"\xef\xbb\xbf" + CSV.encode(),
        CSV.replace("All,", "All").replace(",", ";").replace("All", "All,").encode(),
        parquet_bytes(),
    ],
)
def test_every_form_gives_the_same_rows(content):
    assert [row.data for row in read(content)] == ROWS


def test_rows_are_numbered_by_line_or_place():
    assert [row.number for row in read(b"\n" + lines())] == [2, 3]
    assert [row.number for row in read(CSV.encode())] == [2, 4]
    assert [row.number for row in read(json.dumps(ROWS, indent=4).encode())] == [1, 2]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"[]", "no rows"),
        (b"question,answer\n", "no rows"),
        (parquet_bytes()[:40], "broken Parquet"),
        (b"\x7fELF\x02\0\0", "binary"),
        ("question,answer".encode("utf-16"), "UTF-16"),
        (b"just a line of text", "neither"),
        (b'"a"b,c\n1,2', "neither"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_at_once(content, words):
    with pytest.raises(UnreadableFile, match=words):
        read_rows(io.BytesIO(content), "file")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b'{"question": "half', "not JSON: invalid control character at column 19"),
        ('{"question": "é"}'.encode("latin-1"), "not UTF-8"),
        (b"[1, 2]", "not a JSON object"),
        (b'{"answer": ' + b"1" * 5000 + b"}", "number is too long"),
        (b"[" * 100_000, "nested too deep"),
        (b'{"question": "' + b"x" * LONGEST_ROW + b'"}', "longer than"),
    ],
    ids=range(6),
)
def test_a_bad_line_is_reported_and_the_rest_is_read(line, words):
    first, bad, last = read(lines(ROWS[:1]) + b"\n" + line + b"\n" + lines(ROWS[1:]))
    assert isinstance(bad, BadRow)
    assert bad.number == 2
    assert words in bad.reason
    assert (first, last) == (Row(1, ROWS[0]), Row(3, ROWS[1]))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (json.dumps(ROWS)[:-9], "cut off"),
        (json.dumps(ROWS)[:-1], "cut off"),
        (json.dumps(ROWS).replace("}, {", "} {"), "comma is missing"),
        (json.dumps(ROWS).replace('"6"', "6"), None),
        (json.dumps(ROWS).replace('"6"', "six"), "expecting value"),
        (json.dumps(ROWS)[:-2] + ', "x": ' + "1" * 5000 + "}]", "number is too long"),
        (json.dumps(ROWS)[:-2] + ', "x": ' + "[" * 100_000, "nested too deep"),
    ],
    ids=range(7),
)
def test_an_array_keeps_what_came_before_a_break(content, words):
    rows = read(content.encode())
    assert rows[0] == Row(1, ROWS[0])
    assert isinstance(rows[-1], BadRow) is (words is not None)
    assert words is None or words in rows[-1].reason


def test_spread_objects_keep_what_came_before_a_break():
    content = "\n".join(json.dumps(row, indent=2) for row in ROWS)
    good, bad = read(content[:-9].encode())
    assert good == Row(1, ROWS[0])
    assert isinstance(bad, BadRow)
    assert "cut off" in bad.reason


def test_a_row_that_lies_deep_is_reported_and_the_rest_is_read():
    deep = '{"question": ' + "[" * 150 + "]" * 150 + "}"
    bad, good = read(f"{deep}\n".encode() + lines(ROWS[:1]))
    assert isinstance(bad, BadRow)
    assert "nested too deep" in bad.reason
    assert good == Row(2, ROWS[0])


def test_an_array_in_another_encoding_says_so():
    (bad,) = read('[{"question": "é"}]'.encode("latin-1"))
    assert "not UTF-8" in bad.reason


def test_an_array_element_may_lie_across_pieces_but_not_be_endless():
    rows = [{"question": "x" * 700_000}] * 5
    assert [row.data for row in read(json.dumps(rows).encode())] == rows
    (bad,) = read(b'[{"question": "' + b"x" * (LONGEST_ROW + 2**21))
    assert "broken or longer" in bad.reason


@pytest.mark.parametrize(
    ("row", "words"),
    [(b"1,2,3", "3 cells"), ("é,5".encode("latin-1"), "not UTF-8"), (b'"a"b,5', "not CSV")],
)
def test_a_bad_csv_row_is_reported_and_the_rest_is_read(row, words):
    bad, good = read(b"question,answer\n" + row + b"\nq,5\n")
    assert isinstance(bad, BadRow)
    assert words in bad.reason
    assert good == Row(3, {"question": "q", "answer": "5"})


def test_an_open_quote_at_the_end_of_a_csv_is_reported():
    good, bad = read(b'question,answer\nq,5\n"open,6\n')
    assert isinstance(good, Row)
    assert isinstance(bad, BadRow)


@pytest.mark.parametrize(
    "content",
    [
        lines() * 50_000,
        b"[" + b",".join([json.dumps(ROWS[0]).encode()] * 80_000) + b"]",
        b"question,answer\n" + b"q,5\n" * 500_000,
    ],
    ids=["lines", "array", "csv"],
)
def test_a_long_file_is_not_read_before_its_rows_are_asked_for(content):
    stream = io.BytesIO(content)
    rows = read_rows(stream, "file")
    assert isinstance(next(rows), Row)
    assert stream.tell() < len(content) // 1.5


def test_a_path_is_opened_and_a_missing_one_is_refused(tmp_path):
    (tmp_path / "rows.json").write_bytes(lines())
    assert len(list(read_rows(tmp_path / "rows.json", "rows.json"))) == 2
    with pytest.raises(UnreadableFile, match="can't be opened"):
        read_rows(tmp_path / "absent", "absent")


@given(st.binary(max_size=200) | st.text(st.sampled_from('[]{}",:ab1\n; '), max_size=60))
def test_any_bytes_give_rows_or_reasons(content):
    content = content if isinstance(content, bytes) else content.encode()
    try:
        rows = read(content)
    except UnreadableFile:
        return
    assert all(isinstance(row, Row | BadRow) for row in rows)


@pytest.mark.skipif("CALM_SAMPLE_DATA" not in os.environ, reason="CALM_SAMPLE_DATA is not set")
@pytest.mark.parametrize(
    ("name", "count"),
    [("nl4opt.jsonl", 245), ("industryor.jsonl", 100), ("problems.json", 16)],
)
def test_published_files_are_read_whole(name, count):
    rows = list(read_rows(Path(os.environ["CALM_SAMPLE_DATA"], name), name))
    assert len(rows) == count
    assert all(isinstance(row, Row) for row in rows)
