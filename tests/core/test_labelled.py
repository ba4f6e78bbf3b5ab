"""Labelled traces: what a row has to be, and labels found again in a path's text alone."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Invalid
from app.core.fences import frame_output
from app.core.flaws import DEFAULT
from app.core.labelled import case_in, label_at, path_in, read_labelled
from app.core.outputs import refused_step
from app.core.proposal import Evidence
from app.core.trace import Step, text_of

TEXT = (
    "We earn 5 a boat. We earn 5 a raft.\n"
    "```python\nprint(5)\n```\n```output\n5\n```\n"
    "```output\n6\n```\n"
    "So it is \\boxed{5}."
)
ROW: dict[str, Any] = {
    "id": "wrong-objective-01",
    "question": "How much?",
    "answer": "5",
    "text": TEXT,
    "labels": [{"flaw": "wrong-objective", "step": 0, "span": "We earn 5 a raft"}],
}


def test_a_row_becomes_a_case() -> None:
    case = case_in(read_labelled(ROW, DEFAULT), DEFAULT)
    kinds = [(step.kind, step.author, step.mark) for step in case.path]
    assert kinds == [
        ("thought", "reasoner", None),
        ("code", "reasoner", None),
        ("output", "sandbox", None),
        ("output", "reasoner", "forged"),
        ("answer", "reasoner", None),
    ]
    assert text_of(case.path) == TEXT
    assert case.correct is True
    assert case_in(read_labelled(ROW | {"answer": "6"}, DEFAULT), DEFAULT).correct is False


def test_a_program_that_was_not_executed_is_marked_so() -> None:
    code = "```python\nprint(5)\n```\n"
    path = path_in(code + refused_step(8).text + code + frame_output("5"))
    assert [step.mark for step in path] == [None, "refused", None, None]


def label(**changed: Any) -> dict[str, Any]:
    return ROW | {"labels": [ROW["labels"][0] | changed]}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (label(flaw="bad-hair"), "no flaw called 'bad-hair'"),
        (label(step=9), "no step 9; the trace has 5"),
        (label(step=1), "are not in step 1"),
        (label(span=""), "labels.0.span"),
        (label(step=-1), "labels.0.step"),
        ({key: ROW[key] for key in ROW if key != "labels"}, "labels: Field required"),
        (ROW | {"label": []}, "label: Extra inputs"),
        (ROW | {"text": ""}, "text"),
        (ROW | {"question": None}, "question"),
        ({}, "id: Field required"),
    ],
)
def test_what_is_not_so_is_refused_with_the_reason(row: dict[str, Any], reason: str) -> None:
    with pytest.raises(Invalid, match=reason):
        read_labelled(row, DEFAULT)


def test_a_label_is_found_in_the_text_though_a_hint_has_become_thought() -> None:
    path = (
        Step(kind="thought", author="reasoner", text="First.\n"),
        Step(kind="hint", author="human", text="Wait.\n"),
        Step(kind="thought", author="reasoner", text="We earn 5. We earn 5.\n"),
        Step(kind="code", author="reasoner", text="```python\nprint(5)\n```\n"),
        Step(kind="output", author="sandbox", text=frame_output("5\n")),
    )
    at = label_at(path, Evidence(step=2, start=11, end=18, note="not so"), "wrong-objective")
    assert at is not None
    assert (at.step, at.span, at.note) == (0, " We earn", "not so")  # "We earn" comes before
    code = label_at(path, Evidence(step=3, start=10, end=18, note=""), "wrong-objective")
    assert code is not None
    assert (code.step, code.span) == (1, "print(5)")
    assert label_at(path, Evidence(step=2, start=4, end=4, note=""), "wrong-objective") is None


@given(st.text("ab\n`", min_size=1), st.data())
def test_a_label_of_a_path_is_first_found_where_its_words_are(text: str, data: Any) -> None:
    path = path_in(text)
    step = data.draw(st.integers(0, len(path) - 1))
    start = data.draw(st.integers(0, len(path[step].text) - 1))
    end = data.draw(st.integers(start + 1, len(path[step].text)))
    found = label_at(path, Evidence(step=step, start=start, end=end, note=""), "wrong-objective")
    assert found is not None
    assert found.step == step
    assert path[step].text.find(found.span) == end - len(found.span)
    assert len(found.span) >= end - start
