"""The labelled traces: each executes as it states, and each label points at what it is about."""

import importlib.util
import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from app.backends.sandboxes.base import Sandbox
from app.backends.sandboxes.paired import open_paired
from app.core.answer import find_answer, grade, parse_reference
from app.core.execution import Limits
from app.core.fences import THINK_END, Piece, frame_output, source_of, split_text
from app.core.flaws import DEFAULT
from app.settings import ROOT

LIMITS = Limits(wall_seconds=60)
LINES = (ROOT / "examples" / "labelled.jsonl").read_text("utf-8").splitlines()
ROWS: list[Any] = [json.loads(line) for line in LINES]
_IMPORT = re.compile(r"^(?:import|from) (\w+)", re.MULTILINE)


def named(row: Any) -> str:
    return str(row["id"])


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with closing(open_paired()) as opened:
        yield opened


def executed(sandbox: Sandbox, pieces: list[Piece]) -> Iterator[tuple[str, str]]:
    """What stands behind each Code piece, and what the sandbox prints there."""
    with sandbox.session() as session:
        for code, behind in zip(pieces, [*pieces[1:], Piece("thought", "")], strict=True):
            if code.kind == "code":
                output = session.execute(source_of(code.text), LIMITS).output
                yield behind.text, frame_output(output)


@pytest.mark.parametrize("row", ROWS, ids=named)
def test_the_code_prints_what_the_trace_states(sandbox: Sandbox, row: Any) -> None:
    for library in set(_IMPORT.findall(row["text"])):
        if importlib.util.find_spec(library) is None:
            pytest.skip(f"{library} is not installed")
    outputs = list(executed(sandbox, split_text(row["text"])))
    assert outputs
    assert [behind for behind, _ in outputs] == [printed for _, printed in outputs]


@pytest.mark.parametrize("row", ROWS, ids=named)
def test_a_label_names_a_flaw_and_words_that_stand_once_in_their_step(row: Any) -> None:
    steps = split_text(row["text"])
    for label in row["labels"]:
        step = steps[label["step"]]
        assert DEFAULT.get(label["flaw"])
        assert step.kind != "output"
        assert step.text.count(label["span"]) == 1
        assert label["note"].endswith(".")
    assert [label["step"] for label in row["labels"]] == sorted(
        label["step"] for label in row["labels"]
    )


@pytest.mark.parametrize("row", ROWS, ids=named)
def test_a_trace_answers_and_a_flawless_one_answers_right(row: Any) -> None:
    answer = find_answer(row["text"])
    assert answer is not None
    assert answer.kind != "text"
    correct = grade(answer, parse_reference(row["answer"])).correct
    assert correct is not None
    assert correct or row["labels"]


def test_every_row_has_the_same_fields_and_its_own_id_question_and_text() -> None:
    assert {tuple(row) for row in ROWS} == {("id", "question", "answer", "text", "labels")}
    for field in ("id", "question", "text"):
        assert len({row[field] for row in ROWS}) == len(ROWS)


def test_there_are_traces_for_each_flaw_and_flawless_ones() -> None:
    firsts = Counter(row["labels"][0]["flaw"] for row in ROWS if row["labels"])
    assert len(ROWS) >= 140
    assert min(firsts[flaw.id] for flaw in DEFAULT.flaws) >= 15
    assert len(ROWS) - firsts.total() >= 35


def test_the_set_is_written_as_readable_utf8() -> None:
    assert [json.dumps(row, ensure_ascii=False) for row in ROWS] == LINES


def test_traces_are_written_with_think_tags_and_without() -> None:
    tagged = [row for row in ROWS if THINK_END in row["text"]]
    assert 10 <= len(tagged) <= len(ROWS) / 2
