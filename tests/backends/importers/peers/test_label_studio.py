"""Exports of Label Studio, in the shapes that version 1.23 was seen to write."""

import csv
import io
import json

import pytest

from app.backends.importers import BadRow, Row, kind_of, read_rows
from app.core.annotation import COLUMN
from app.core.imported import TraceDraft, trace_from_row
from app.core.trace import text_of

TRACE = "Maximise 😀 profit.\n```python\nprint(5)\n```\nIt is \\boxed{5}."
AT = "2026-11-28T00:20:17.504642Z"
SPAN = {"start": 11, "end": 17, "text": "profit", "labels": ["wrong objective", "?"]}
RESULTS = [
    {"from_name": "verdict", "type": "choices", "value": {"choices": ["golden"]}},
    {"from_name": "flaw", "type": "labels", "value": SPAN},
    {"from_name": "quality", "type": "rating", "value": {"rating": 4}},
    {"from_name": "comment", "type": "textarea", "value": {"text": ["<b>Well</b>", "done"]}},
]
ANNOTATION = {"id": 7, "completed_by": 1, "result": RESULTS, "created_at": AT}
TASK = {
    "id": 1,
    "annotations": [ANNOTATION],
    "drafts": [],
    "predictions": [],
    "data": {"question": "How many?", "trace": TRACE, "model": "m"},
    "comment_count": 0,
}
MIN = {
    **TASK["data"],
    "id": 1,
    "verdict": "golden",
    "flaw": [SPAN],
    "quality": [{"rating": 4}],
    "comment": {"text": ["<b>Well</b>", "done"]},
    "annotator": 1,
    "annotation_id": 7,
    "created_at": AT,
    "updated_at": AT,
    "lead_time": 12.5,
}
SAID = [
    ("verdict", "golden", ""),
    ("flaw", "wrong objective, ?", "profit"),
    ("quality", "4", ""),
    ("comment", "<b>Well</b>, done", ""),
]


def read(*rows: object) -> list[Row | BadRow]:
    """What an array of these is read as."""
    return list(read_rows(io.BytesIO(json.dumps(rows).encode()), "export.json"))


def drafts(rows: list[Row | BadRow]) -> list[TraceDraft]:
    """The traces that they bring."""
    assert all(isinstance(row, Row) for row in rows)
    return [trace_from_row(row.data) for row in rows if isinstance(row, Row)]


@pytest.mark.parametrize("row", [TASK, MIN], ids=["JSON", "JSON-MIN"])
def test_a_task_comes_with_what_was_said_of_it(row: dict) -> None:
    (draft,) = drafts(read(row))
    assert text_of(draft.steps) == TRACE
    assert (draft.problem.question, draft.model) == ("How many?", "m")
    assert [(each.name, each.value, each.quote) for each in draft.annotations] == SAID
    assert {(each.who, each.at.isoformat()) for each in draft.annotations if each.at} == {
        ("user 1", "2026-11-28T00:20:17.504642+00:00")
    }
    assert draft.annotations[1].start == TRACE.index("profit")


def test_both_exports_bring_the_same_annotations() -> None:
    assert drafts(read(TASK))[0].annotations == drafts(read(MIN))[0].annotations


def test_a_table_brings_what_can_be_told_from_the_task() -> None:
    file = io.StringIO()
    cells = {k: v if isinstance(v, str | int | float) else json.dumps(v) for k, v in MIN.items()}
    writer = csv.DictWriter(file, sorted(cells))
    writer.writeheader()
    writer.writerow(cells)
    rows = list(read_rows(io.BytesIO(file.getvalue().encode()), "export.csv"))
    (draft,) = drafts(rows)
    assert {each.name for each in draft.annotations} == {"flaw", "quality", "comment"}
    assert draft.problem.extra["verdict"] == "golden"


def test_what_is_left_out_is_told() -> None:
    skipped = {"id": 2, "was_cancelled": True, "result": []}
    box = {"from_name": "box", "type": "rectanglelabels", "value": {"x": 1, "y": 2}}
    relation = {"type": "relation", "from_id": "a", "to_id": "b"}
    annotation = {**ANNOTATION, "result": [box, relation], "created_at": "yesterday"}
    more = {"predictions": [1], "drafts": [{}], "comment_count": 2}
    (row,) = read({**TASK, **more, "annotations": [skipped, annotation]})
    assert isinstance(row, Row)
    assert [each.what for each in row.left_out] == [
        *("annotation 2", "box", "relation", "predictions", "drafts", "comments")
    ]
    assert COLUMN not in row.data


@pytest.mark.parametrize(
    ("annotations", "what"),
    [
        ([7, ANNOTATION], "annotations"),
        ([None], "annotations"),
        ([ANNOTATION | {"result": "golden"}], "annotation 7"),
        ([ANNOTATION | {"result": [*RESULTS, 3]}], "annotation 7"),
    ],
)
def test_an_annotation_that_is_none_is_told(annotations: list, what: str) -> None:
    (row,) = read_rows(io.BytesIO(json.dumps([TASK | {"annotations": annotations}]).encode()), "")
    assert isinstance(row, Row)
    assert [(each.what, each.why) for each in row.left_out] == [(what, "It can't be read.")]


def test_an_annotation_without_a_moment_is_kept() -> None:
    verdict = {**ANNOTATION, "result": RESULTS[:1], "created_at": "yesterday", "ground_truth": True}
    (row,) = read({**TASK, "annotations": [verdict]})
    (draft,) = drafts([row])
    assert [(each.name, each.at) for each in draft.annotations] == [
        ("verdict", None),
        ("ground truth", None),
    ]
    assert [each.what for each in row.left_out] == ["verdict: at", "ground truth: at"]


def test_a_dialogue_becomes_a_chat() -> None:
    turns = [{"author": "Human", "text": "How many?"}, {"author": "AI", "text": TRACE}]
    (draft,) = drafts(read({**TASK, "data": {"dialogue": turns}}))
    assert draft.problem.question == "How many?"
    assert text_of(draft.steps) == TRACE


def test_a_mail_address_is_who() -> None:
    by = {"id": 1, "email": "ada@example.com"}
    (draft,) = drafts(read({**TASK, "annotations": [{**ANNOTATION, "completed_by": by}]}))
    assert {each.who for each in draft.annotations} == {"ada@example.com"}


def test_so_many_annotations_are_taken() -> None:
    many = [{**ANNOTATION, "result": RESULTS[:1]}] * 600
    (row,) = read({**TASK, "annotations": many})
    assert isinstance(row, Row)
    assert len(row.data[COLUMN]) == 500
    assert [each.what for each in row.left_out] == ["annotations"]


def test_a_row_that_is_no_task_is_reported() -> None:
    good, bad = read(TASK, {"question": "How many?"})
    assert isinstance(good, Row)
    assert isinstance(bad, BadRow)
    assert "no task of Label Studio" in bad.reason


def test_a_task_over_several_lines_is_read() -> None:
    content = json.dumps(TASK, indent=2).encode()
    rows = list(read_rows(io.BytesIO(content), "task.json"))
    assert len(drafts(rows)[0].annotations) == 4


def test_rows_of_ours_are_known_as_such() -> None:
    row = Row(1, {"question": "q", "data": "d", "annotations": []})
    assert kind_of([row]) == "rows"
    content = json.dumps(TASK).encode()
    (kept,) = read_rows(io.BytesIO(content), "task.json", "rows")
    assert isinstance(kept, Row)
    assert kept.data == TASK
