"""Two paths side by side: nothing lost, the same found, the work bounded."""

from hypothesis import given
from hypothesis import strategies as st

from app.core.trace import Cut, Step
from app.web import side_by_side
from app.web.side_by_side import common_start, parted, rows_from

TEXTS = st.text(alphabet="ab \n.é🚢", max_size=60)
KINDS = st.sampled_from(["thought", "code", "output"])
PATHS = st.lists(st.tuples(KINDS, TEXTS), max_size=6)


def path(*steps: tuple[str, str]) -> list[Step]:
    return [Step.model_validate({"kind": k, "author": "reasoner", "text": t}) for k, t in steps]


@given(TEXTS, TEXTS)
def test_parts_give_the_texts_back_and_same_is_the_same(one: str, two: str) -> None:
    left, right = parted(one, two)
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


def test_what_is_too_long_for_words_is_compared_by_lines(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    one, two = "a b c\nd e f\n", "a b x\nd e f\n"
    assert [part.text for part in parted(one, two)[0] if not part.same] == ["c\n"]
    monkeypatch.setattr(side_by_side, "_MOST", 8)
    assert [part.text for part in parted(one, two)[0] if not part.same] == ["a b c\n"]
    monkeypatch.setattr(side_by_side, "_MOST", 1)
    assert [part.text for part in parted(one, two)[0] if not part.same] == [one]
