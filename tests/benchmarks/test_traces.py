"""The made-up traces of the benchmarks are what they are said to be."""

import json
from pathlib import Path

from app.core.imported import trace_from_row
from benchmarks.traces import TRACE_BYTES, write_traces


def test_they_have_their_size_and_read_as_traces(tmp_path: Path) -> None:
    write_traces(tmp_path / "traces.jsonl", count=3)
    rows = [json.loads(line) for line in (tmp_path / "traces.jsonl").read_text().splitlines()]
    drafts = [trace_from_row(row) for row in rows]
    assert len({draft.problem.question for draft in drafts}) == 3
    for draft in drafts:
        size = sum(len(step.text.encode()) for step in draft.steps)
        assert TRACE_BYTES <= size < 1.1 * TRACE_BYTES
        assert {"thought", "code", "output", "answer"} == {step.kind for step in draft.steps}
