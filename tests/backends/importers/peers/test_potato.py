"""Exports of Potato with its items, in the shapes that version 2.12 was seen to write."""

import io
import json

import pytest

from app.backends.importers import BadRow, Row, read_rows
from app.core.imported import trace_from_row
from app.core.trace import text_of

TEXT = "Maximise profit. It is \\boxed{5}."
ITEM = {"id": "t1", "question": "How many?", "text": TEXT, "model": "m"}
SPAN = {"schema": "flaw", "name": "wrong objective", "start": 9, "end": 15, "text": "profit"}
SAID = {
    "instance_id": "t1",
    "user_id": "ada",
    "labels": {
        "verdict": {"golden": "golden"},
        "issues": {"a b": "a b", "c": "c"},
        "comment": {"text_box": "<b>Well</b>"},
        "rates": {"clear": "4", "right": "2"},
    },
    "spans": {"flaw": [SPAN]},
    "links": {},
}


def read(*rows: object) -> list[Row | BadRow]:
    """What these lines are read as."""
    return list(read_rows(io.BytesIO("\n".join(map(json.dumps, rows)).encode()), "both.jsonl"))


@pytest.mark.parametrize("order", [(SAID, ITEM), (ITEM, SAID)])
def test_an_item_comes_with_what_each_person_said(order: tuple) -> None:
    bob = SAID | {"user_id": "bob", "labels": {"verdict": {"unsure": True}}, "spans": {}}
    (row,) = read(*order, bob)
    assert isinstance(row, Row)
    draft = trace_from_row(row.data)
    assert text_of(draft.steps) == TEXT
    assert (draft.problem.question, draft.problem.external_id) == ("How many?", "t1")
    assert [(each.who, each.name, each.value, each.start) for each in draft.annotations] == [
        ("ada", "verdict", "golden", None),
        ("ada", "issues", "a b, c", None),
        ("ada", "comment", "<b>Well</b>", None),
        ("ada", "rates", "clear: 4; right: 2", None),
        ("ada", "flaw", "wrong objective", 9),
        ("bob", "verdict", "unsure", None),
    ]


def test_without_the_text_nothing_is_taken_and_it_is_said_where_that_is() -> None:
    bad, good = read(SAID | {"instance_id": "t9"}, SAID, ITEM)
    assert isinstance(bad, BadRow)
    assert "project's data file" in bad.reason
    assert isinstance(good, Row)


def test_no_item_is_lost() -> None:
    same, none = ITEM | {"text": "It is \\boxed{6}."}, {"question": "?", "text": "t"}
    rows = read(SAID, ITEM, same, none, none)
    assert [isinstance(row, Row) for row in rows] == [True] * 4
    told = [[each.what for each in row.left_out] for row in rows if isinstance(row, Row)]
    assert told == [[], ["annotations"], [], []]


def test_what_is_left_out_is_told() -> None:
    model = SAID | {"user_id": "gpt", "annotator_origin": {"kind": "llm"}}
    apart = SAID | {"spans": {"flaw": [SPAN | {"additional_parts": [{}]}]}, "links": {"a": []}}
    (row,) = read(model, apart, ITEM)
    assert isinstance(row, Row)
    assert [each.what for each in row.left_out] == ["gpt", "flaw", "links"]


def test_words_of_another_field_have_no_place() -> None:
    (row,) = read(SAID | {"spans": {"flaw": [SPAN | {"target_field": "q", "text": "x"}]}}, ITEM)
    assert isinstance(row, Row)
    last = trace_from_row(row.data).annotations[-1]
    assert (last.quote, last.start) == ("x", None)


def test_what_is_held_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.backends.importers.peers.groups.MOST_HELD", 600)
    bad, good = read(SAID, ITEM, SAID)
    assert isinstance(bad, BadRow)
    assert "too long to be put together" in bad.reason
    assert isinstance(good, Row)
