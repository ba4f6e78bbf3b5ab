"""Traces of Langfuse, in the shapes that its documentation and its data model describe."""

import io
import json

import pytest

from app.backends.importers import BadRow, Row, read_rows
from app.core.imported import trace_from_row
from app.core.trace import text_of

ASKED = [{"role": "system", "content": "Think."}, {"role": "user", "content": "How many?"}]
TEXT = "It is \\boxed{5}."
CALL = {"function": {"name": "python", "arguments": '{"code": "print(5)"}'}}
LOOP = [
    *ASKED,
    {"role": "assistant", "content": "Let me see.", "tool_calls": [CALL]},
    {"role": "tool", "content": "5"},
]
FIRST = {
    "id": "o1",
    "traceId": "t1",
    "type": "GENERATION",
    "startTime": "2026-01-01T00:00:01Z",
    "model": "m",
    "input": ASKED,
    "output": LOOP[2],
}
LAST = FIRST | {
    "id": "o2",
    "startTime": "2026-01-01T00:00:09Z",
    "input": LOOP,
    "output": {"role": "assistant", "content": TEXT},
}
SPAN = FIRST | {"id": "o3", "type": "SPAN", "startTime": "2026-01-01T00:00:10Z"}
SCORE = {
    "id": "s1",
    "traceId": "t1",
    "name": "quality",
    "value": 1,
    "stringValue": "good",
    "source": "ANNOTATION",
    "comment": "<b>Well</b>",
    "authorUserId": "ada",
    "createdAt": "2026-01-02T00:00:00Z",
}
JUDGED = SCORE | {"id": "s2", "name": "judge", "source": "EVAL"}
TRACE = {
    "id": "t1",
    "timestamp": "2026-01-01T00:00:00Z",
    "sessionId": None,
    "metadata": {"answer": "5"},
    "input": "How many?",
    "output": TEXT,
}
PARTS = [LAST, FIRST, SPAN]


def read(content: object) -> list[Row | BadRow]:
    """What this is read as."""
    return list(read_rows(io.BytesIO(json.dumps(content).encode()), "export.json"))


@pytest.mark.parametrize(
    "content",
    [
        [TRACE | {"observations": PARTS, "scores": [SCORE, JUDGED]}],
        {"trace": TRACE | {"scores": [SCORE, JUDGED]}, "observations": PARTS},
        {"data": [TRACE | {"observations": PARTS, "scores": [SCORE, JUDGED]}], "meta": {}},
        [FIRST, SCORE, TRACE, JUDGED, SPAN, LAST],
    ],
    ids=["api", "download", "page", "rows"],
)
def test_the_parts_of_a_trace_are_put_together(content: object) -> None:
    (row,) = read(content)
    assert isinstance(row, Row)
    draft = trace_from_row(row.data)
    assert (draft.problem.question, draft.system, draft.model) == ("How many?", "Think.", "m")
    assert draft.problem.reference.values
    assert [step.kind for step in draft.steps] == ["thought", "code", "output", "answer"]
    assert text_of(draft.steps).endswith(TEXT)
    said = [(each.who, each.name, each.value) for each in draft.annotations]
    assert said == [("ada", "quality", "good"), ("ada", "quality: comment", "<b>Well</b>")]
    assert {each.what for each in row.left_out} == {"judge", "observations"}


@pytest.mark.parametrize(
    "output",
    [
        TEXT,
        {"content": TEXT},
        {"choices": [{"message": {"role": "assistant", "content": TEXT}}]},
        [{"role": "assistant", "content": TEXT}],
        json.dumps({"role": "assistant", "content": TEXT}),
    ],
    ids=range(5),
)
@pytest.mark.parametrize("asked", ["How many?", ASKED, {"messages": ASKED}, json.dumps(ASKED)])
def test_a_trace_without_observations_is_its_input_and_output(
    asked: object, output: object
) -> None:
    (row,) = read([TRACE | {"input": asked, "output": output}])
    assert isinstance(row, Row)
    draft = trace_from_row(row.data)
    assert (draft.problem.question, text_of(draft.steps)) == ("How many?", TEXT)


def test_traces_are_told_apart_and_other_rows_reported() -> None:
    unnamed = TRACE | {"id": None}
    parts = [TRACE, {"question": "?"}, FIRST | {"traceId": "t2"}, unnamed, unnamed]
    bad, first, second, *others = read(parts)
    assert len(others) == 2
    assert isinstance(bad, BadRow)
    assert "no trace of Langfuse" in bad.reason
    assert isinstance(first, Row)
    assert isinstance(second, Row)
    assert text_of(trace_from_row(second.data).steps).startswith("Let me see.")
