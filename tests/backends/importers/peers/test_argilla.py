"""Records of Argilla, nested and flat, as its client 2.8 writes them."""

import io
import json

import pyarrow
import pytest
from pyarrow import parquet

from app.backends.importers import BadRow, Row, read_rows
from app.core.imported import trace_from_row
from app.core.trace import text_of

TEXT = "Maximise profit. It is \\boxed{5}."
SPANS = [{"start": 9, "end": 15, "label": "wrong objective"}]
NESTED = {
    "id": "r1",
    "fields": {"question": "How many?", "text": TEXT},
    "metadata": {"model": "m"},
    "suggestions": {"verdict": {"value": "golden", "score": 0.9, "agent": "gpt"}},
    "responses": {
        "verdict": [{"value": "golden", "user_id": "u1"}, {"value": "unsure", "user_id": "u2"}],
        "flaw": [{"value": SPANS, "user_id": "u1"}],
        "issues": [{"value": ["a", "b"], "user_id": "u1"}],
        "order": [{"value": [{"value": "x", "rank": 1}], "user_id": "u1"}],
    },
    "vectors": {},
    "status": "completed",
    "_server_id": "s1",
}
FLAT = {
    **NESTED["fields"],
    **NESTED["metadata"],
    **{name: NESTED[name] for name in ("id", "status", "_server_id")},
    "verdict.suggestion": "golden",
    "verdict.suggestion.score": 0.9,
    "verdict.suggestion.agent": "gpt",
}
for question, answers in NESTED["responses"].items():
    FLAT[f"{question}.responses"] = [each["value"] for each in answers]
    FLAT[f"{question}.responses.users"] = [each["user_id"] for each in answers]
    FLAT[f"{question}.responses.status"] = ["submitted"] * len(answers)
WHAT = [
    ("u1", "verdict", "golden", ""),
    ("u2", "verdict", "unsure", ""),
    ("u1", "flaw", "wrong objective", "profit"),
    ("u1", "issues", "a, b", ""),
    ("u1", "order", "1. x", ""),
]


def read(*rows: object) -> list[Row | BadRow]:
    """What an array of these is read as."""
    return list(read_rows(io.BytesIO(json.dumps(rows).encode()), "records.json"))


def tables(*rows: dict) -> list[Row | BadRow]:
    """What a Parquet file of these is read as."""
    stream = io.BytesIO()
    parquet.write_table(pyarrow.Table.from_pylist(list(rows)), stream)
    return list(read_rows(stream, "records.parquet"))


@pytest.mark.parametrize(
    "rows", [read(NESTED), read(FLAT), tables(FLAT)], ids=["nested", "flat", "parquet"]
)
def test_a_record_comes_with_what_was_said_of_it(rows: list) -> None:
    (row,) = rows
    draft = trace_from_row(row.data)
    assert text_of(draft.steps) == TEXT
    assert (draft.problem.question, draft.model) == ("How many?", "m")
    said = [(each.who, each.name, each.value, each.quote) for each in draft.annotations]
    assert said == WHAT
    assert draft.problem.extra == {"model": "m"}
    assert [each.what for each in row.left_out] == ["suggestions"]


def test_drafts_are_left_out() -> None:
    states = ["draft", "discarded"]
    (row,) = read(FLAT | {"verdict.responses.status": states})
    assert isinstance(row, Row)
    assert [each.what for each in row.left_out] == ["verdict", "suggestions"]
    assert len(trace_from_row(row.data).annotations) == 3


@pytest.mark.parametrize(
    ("question", "text"), [("How many ducks are there?", TEXT), ("How many?", f"😀 {TEXT}")]
)
def test_a_span_whose_words_cannot_be_told_keeps_its_label_alone(question: str, text: str) -> None:
    (row,) = read(NESTED | {"fields": {"question": question, "text": text}})
    assert isinstance(row, Row)
    assert [each.what for each in row.left_out] == ["flaw", "suggestions"]
    flaw = trace_from_row(row.data).annotations[2]
    assert (flaw.value, flaw.quote, flaw.start) == ("wrong objective", "", None)


def test_a_chat_field_is_read_as_one() -> None:
    chat = [{"role": "user", "content": "How many?"}, {"role": "assistant", "content": TEXT}]
    (row,) = read(NESTED | {"fields": {"chat": chat}})
    assert isinstance(row, Row)
    assert text_of(trace_from_row(row.data).steps) == TEXT


def test_a_row_that_is_no_record_is_reported() -> None:
    _good, bad = read(NESTED, {"question": "How many?"})
    assert isinstance(bad, BadRow)
    assert "no record of Argilla" in bad.reason
