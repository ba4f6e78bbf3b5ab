"""Two paths side by side: nothing lost, the same found, the work bounded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.trace import Cut, Step
from app.web import side_by_side
from app.web.side_by_side import MOST, Part, common_start, parted, rows_from

TEXTS = st.text(alphabet="ab \n.é🚢", max_size=60)
KINDS = st.sampled_from(["thought", "code", "output"])
PATHS = st.lists(st.tuples(KINDS, TEXTS), max_size=6)


def path(*steps: tuple[str, str]) -> list[Step]:
    return [Step.model_validate({"kind": k, "author": "reasoner", "text": t}) for k, t in steps]


@given(TEXTS, TEXTS)
def test_parts_give_the_texts_back_and_same_is_the_same(one: str, two: str) -> None:
    left, right, _unit, _cost = parted(one, two, MOST)
    assert "".join(part.text for part in left) == one
    assert "".join(part.text for part in right) == two
    same = ["".join(part.text for part in side if part.same) for side in (left, right)]
    assert same[0] == same[1]


@given(PATHS, PATHS)
def test_start_and_rows_give_both_paths_back(
    one: list[tuple[str, str]], two: list[tuple[str, str]]
) -> None:
    left, right = path(*one), path(*two)
    start = common_start(left, right)
    rows = rows_from(left, right, start)
    for steps, sides in ((left, [row.left for row in rows]), (right, [row.right for row in rows])):
        begins = "".join(step.text for step in steps[: start.step])
        begins += steps[start.step].text[: start.offset] if start.offset else ""
        behind = "".join(part.text for side in sides if side for part in side.parts)
        assert begins + behind == "".join(step.text for step in steps)


def test_a_hint_stands_alone_and_the_rest_step_beside_step() -> None:
    left = path(("thought", "We round it."), ("code", "a = 1"), ("answer", "12"))
    hinted = [("thought", "We "), ("hint", "Ships are whole."), ("thought", "So I declare it.")]
    right = path(*hinted, ("code", "a = 2"), ("answer", "12"))
    start = common_start(left, right)
    assert start == Cut(step=0, offset=3)
    rows = rows_from(left, right, start)
    kinds = [tuple(side and side.step.kind for side in (row.left, row.right)) for row in rows]
    assert kinds == [
        (None, "hint"),
        ("thought", "thought"),
        ("code", "code"),
        ("answer", "answer"),
    ]
    assert [row.same for row in rows] == [False, False, False, True]
    assert [part for part in rows[2].left.parts if not part.same] == [("1", False)]  # type: ignore[union-attr]


def test_a_common_start_ends_at_a_word() -> None:
    left, right = path(("thought", "the boat sails")), path(("thought", "the boats sail"))
    assert common_start(left, right) == Cut(step=0, offset=4)


def test_what_is_too_long_for_words_is_compared_by_lines() -> None:
    one, two = "a b c\nd\ne\ng\n", "x a b\nd\ne\nh\n"
    found = [parted(one, two, most) for most in (36, 16, 1)]
    assert [each.unit for each in found] == ["words", "lines", "whole"]
    assert [part.text for part in found[1].left if part.same] == ["d\ne\n"]
    assert found[2].left == (Part(one, False),)
    assert all(each.cost <= most for each, most in zip(found, (36, 16, 1), strict=True))


def test_what_is_alike_costs_nothing() -> None:
    text = "a word and more " * 1_000
    assert parted(text + "x", text + "y", 1).unit == "words"


def test_many_long_steps_share_one_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(side_by_side, "MOST", 2_000)
    left = path(*[("thought", "a b c d " * 10)] * 6)
    right = path(*[("thought", "x y z " * 10)] * 6)
    units = [row.unit for row in rows_from(left, right, Cut(step=0))]
    assert units == ["words", "lines", "lines", "lines", "lines", "lines"]
