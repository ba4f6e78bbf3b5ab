"""`stepwise`: steps with a label each, for process reward models (TRL's stepwise supervision).

A step is a paragraph of thinking, a program with its outputs, or the answer. All steps of a golden
path are right, its hints too. Of a path that a hint corrected those before the first evidence are
right and the one that holds it is wrong; there it ends, for nobody judged what came behind.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any

from export.formats.base import Format, Record
from export.formats.texts import forks
from export.rows import Row, Segment

_PARAGRAPH = re.compile(r".+?(?:\n[ \t]*\n\s*|\Z)", re.DOTALL)


def make() -> Format:
    """The format."""
    return Format("stepwise", 1, "path", records, schema)


def records(row: Row, tokens: object = None) -> Iterator[Record]:
    """`prompt` (the problem), `completions`, `labels` (as many), and the `id` of the row."""
    if row.verdict == "golden":
        steps = steps_of(row.segments)
        yield _record(row, steps, [True] * len(steps))
    for correction, _, _ in forks(row):
        if correction.evidence:
            path = (*row.segments[: correction.segment], *correction.left)
            flawed = _up_to(steps_of(path), min(span.start for span in correction.evidence))
            yield _record(row, flawed, [*([True] * (len(flawed) - 1)), False])


def steps_of(path: Sequence[Segment]) -> list[str]:
    """The path as steps; joined they are its text, to the byte."""
    steps: list[str] = []
    for segment in path:
        if segment.kind == "output" and steps:
            steps[-1] += segment.text
        elif segment.kind == "thought":
            steps += _PARAGRAPH.findall(segment.text)
        else:
            steps.append(segment.text)
    return steps


def schema() -> Any:
    """The Arrow schema of a record."""
    import pyarrow as pa

    text = pa.string()
    lists = {"completions": pa.list_(text), "labels": pa.list_(pa.bool_())}
    return pa.schema([("prompt", text), *lists.items(), ("id", text)])


def _record(row: Row, steps: list[str], labels: list[bool]) -> Record:
    return {
        "prompt": row.problem.question,
        "completions": steps,
        "labels": labels,
        "id": row.id,
    }


def _up_to(steps: list[str], start: int) -> list[str]:
    """The steps up to the one that character `start` of their text is in, with it."""
    ends = list(accumulate(map(len, steps)))
    return steps[: bisect_right(ends, start) + 1]
