"""Whatever stands in a tool's export, each row is taken or refused with a reason."""

import io
import json
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.backends.importers import PEERS, BadRow, Kind, UnreadableFile, read_rows
from app.core.fields import BadField, problem_from_row
from app.core.imported import trace_from_row

NAMES = (
    *("id", "data", "annotations", "result", "value", "from_name", "type", "completed_by"),
    *("created_at", "start", "end", "text", "labels", "choices", "annotator", "annotation_id"),
    *(
        "question",
        "response",
        "messages",
        "globalOffsets",
        "fields",
        "q.responses",
        "was_cancelled",
        "trace",
        "turns",
    ),
    *("input", "output", "observations", "scores", "traceId", "startTime", "source", "meta"),
    *("responses", "q.responses.users", "metadata", "user_id", "instance_id", "spans", "rank"),
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=3), inner, max_size=6)
    ),
    max_leaves=25,
)
MARKS: dict[str, dict[str, Any]] = {
    "argilla": {"fields": {"question": "q", "text": "t"}, "responses": {}},
    "langfuse": {"id": "1", "timestamp": "", "observations": [], "input": "q", "output": "t"},
    "potato": {"instance_id": "1", "user_id": "u", "labels": {}},
    "label_studio": {"id": 1, "data": {"question": "q", "trace": "t"}, "annotations": []},
}


def take(rows: list[Any], kind: Kind | None) -> None:
    """As an import does; only its own errors are let through."""
    try:
        for row in read_rows(io.BytesIO(json.dumps(rows).encode()), "hostile", kind):
            if isinstance(row, BadRow):
                continue
            for read in (trace_from_row, problem_from_row):
                try:
                    read(row.data)
                except BadField:
                    continue
    except UnreadableFile:
        return


@pytest.mark.parametrize("kind", PEERS)
@given(rows=st.lists(json_values, max_size=4))
def test_any_rows_are_taken_or_refused(kind: Kind, rows: list[Any]) -> None:
    take(rows, kind)


@pytest.mark.parametrize("kind", PEERS)
@given(other=st.dictionaries(st.sampled_from(NAMES), json_values))
def test_a_row_that_looks_right_is_taken_or_refused(kind: Kind, other: dict[str, Any]) -> None:
    take([MARKS[kind] | other], None)
    take([MARKS[kind], other, MARKS[kind] | other], kind)


@pytest.mark.parametrize("kind", PEERS)
def test_what_lies_deep_is_refused(kind: Kind) -> None:
    deep: Any = "x"
    for _level in range(400):
        deep = [deep]
    row = MARKS[kind] | {"data": deep, "fields": deep, "labels": deep, "input": deep}
    (read,) = read_rows(io.BytesIO(json.dumps([row]).encode()), "deep", kind)
    assert isinstance(read, BadRow)


def test_each_tool_has_its_mark() -> None:
    assert {"rows", *MARKS} == {"rows", *PEERS} == set(get_args(Kind))
