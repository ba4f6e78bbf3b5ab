"""What may happen to a trace: every refusal names its rule."""

from typing import Any

import pytest

from app.core.answer import Grade, find_answer, grade, parse_reference
from app.core.budget import measure
from app.core.lifecycle import golden_refusal, hint_refusal
from app.core.trace import Cut, Step

PATH = (Step(kind="thought", author="reasoner", text="There are 12 boats.\n"),)


def refusal(words: str, path: tuple[Step, ...] = PATH, **changed: Any) -> str:
    given = {"question": "How many of 30?", "reference": parse_reference("7"), "max_hints": 5}
    cut = changed.pop("cut", Cut(step=len(path)))
    return hint_refusal(path, cut, words, **(given | changed)) or ""


def test_a_hint_of_the_numbers_at_hand_is_fine() -> None:
    assert refusal("Wait, 30 and 12 are not alike.") == ""


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (" \n", "needs words"),
        ("```python", "open a fence"),
        ("so </think>", "begin or end thinking"),
        ("<think> so", "begin or end thinking"),
        ("so " * 700, "at most 2,000 characters"),
        ("\\boxed{3}", "box an answer"),
        ("It is 7.", "reference"),
        ("It is 8.", "number 8"),
    ],
)
def test_words_that_are_no_hint(words: str, reason: str) -> None:
    assert reason in refusal(words)


def test_a_sixth_hint_is_refused_and_a_project_may_allow_fewer() -> None:
    hints = (*PATH, *[Step(kind="hint", author="human", text="Wait.\n")] * 5)
    assert "budget of 5" in refusal("Wait.", hints)
    assert "budget of 2" in refusal("Wait.", hints[:3], max_hints=2)
    assert "budget of 5" in refusal("Wait.", hints, max_hints=9)


def test_hints_behind_the_cut_are_not_counted() -> None:
    hints = (*PATH, *[Step(kind="hint", author="human", text="Wait.\n")] * 5)
    assert refusal("Wait.", hints, cut=Cut(step=1)) == ""


def test_the_share_blocks_only_where_a_project_says_so() -> None:
    assert refusal("Wait a little.") == ""
    assert "2.6%" in refusal("Wait a little.", share_blocks=True)


def test_the_share_leaves_out_hints_behind_the_cut() -> None:
    thought = Step(kind="thought", author="reasoner", text="There are 12 boats. " * 50)
    left = Step(kind="hint", author="human", text="Wait. " * 10)
    path = (thought, left, thought)
    assert refusal("Wait.", path, cut=Cut(step=1), share_blocks=True) == ""
    assert "2.6%" in refusal("Wait.", path, cut=Cut(step=2), share_blocks=True)


def test_a_place_where_no_hint_can_stand() -> None:
    assert "not in the trace" in refusal("Wait.", cut=Cut(step=3))


def judged(text: str, reference: str = "7") -> Grade:
    return grade(find_answer(text), parse_reference(reference))


def golden(**changed: Any) -> str:
    facts = {
        "closed": True,
        "outcome": "answered",
        "grade": judged("\\boxed{7}"),
        "open_proposals": 0,
        "budget": measure(PATH),
    }
    return golden_refusal(**(facts | changed)) or ""


def test_a_right_and_flawless_branch_may_be_golden() -> None:
    assert golden() == ""


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"closed": False}, "still writing"),
        ({"outcome": "model_error"}, "failure"),
        ({"grade": judged("\\boxed{8}")}, "wrong"),
        ({"grade": judged("no box")}, "wrong"),
        ({"grade": judged("\\boxed{8}", "?")}, "unknown"),
        ({"open_proposals": 1}, "1 proposed hint is"),
        ({"open_proposals": 2}, "2 proposed hints are"),
    ],
)
def test_why_a_branch_is_not_golden(changed: dict[str, Any], reason: str) -> None:
    assert reason in golden(**changed)


def test_too_many_hints_are_not_golden() -> None:
    hints = [Step(kind="hint", author="human", text="Wait.")] * 3
    assert "more than 2 hints" in golden(budget=measure(hints, max_hints=2))


def test_too_large_a_share_is_not_golden_only_where_a_project_says_so() -> None:
    budget = measure((*PATH, Step(kind="hint", author="human", text="Wait.")))
    assert golden(budget=budget) == ""
    assert "this project allows 2.6%" in golden(budget=budget, share_blocks=True)
