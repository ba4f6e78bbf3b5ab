"""Cuts and hints: what is before a cut never changes, and a hint stands in the thinking."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Refused
from app.core.fences import open_fence, split_text
from app.core.splice import (
    after,
    before,
    cut_refusal,
    default_cut,
    hint_step,
    insert_hint,
    sentence_start,
)
from app.core.trace import Author, Cut, Step, StepKind, text_of

CODE = "```python\nprint(1)\n```\n"
OUTPUT = "```output\n1\n```\n"


def step(kind: StepKind, text: str) -> Step:
    authors: dict[str, Author] = {"output": "sandbox", "hint": "human"}
    return Step(
        kind=kind, author=authors.get(kind, "reasoner"), text=text, tokens=1, token_ids=(1,)
    )


PATH = (
    step("thought", "First this. Then that.\nA line.\n\n"),
    step("code", CODE),
    step("output", OUTPUT),
    step("thought", "It is one. "),
    step("answer", "\\boxed{1}"),
)
TEXTS = st.lists(
    st.sampled_from(["One. ", "Two:\n", "<think>\n", "x", CODE, OUTPUT, "\n\n", "</think>", "é🙂"]),
    max_size=12,
).map("".join)
PATHS = TEXTS.map(lambda text: tuple(step(kind, part) for kind, part in split_text(text)))
CUTS = st.builds(Cut, step=st.integers(0, 8), offset=st.integers(0, 20))


@given(PATHS, CUTS)
def test_what_is_before_and_after_a_cut_is_the_whole(path: tuple[Step, ...], cut: Cut) -> None:
    try:
        kept = before(path, cut)
    except Refused:
        assert cut_refusal(path, cut) is not None
        return
    assert text_of(kept) + after(path, cut) == text_of(path)
    whole = kept[: cut.step] if cut.offset else kept
    assert whole == path[: len(whole)]


@given(PATHS, CUTS, st.text(min_size=1))
def test_a_hint_never_changes_what_is_before_it(
    path: tuple[Step, ...], cut: Cut, words: str
) -> None:
    if cut_refusal(path, cut):
        with pytest.raises(Refused):
            insert_hint(path, cut, words, "human")
        return
    *kept, hint = insert_hint(path, cut, words, "human")
    assert tuple(kept) == before(path, cut)
    assert hint.kind == "hint"
    assert words.rstrip() in hint.text
    assert hint.text.endswith("\n")
    assert all(open_fence(part.text) is None for part in kept)
    assert not any(part.kind == "answer" for part in kept)


@given(PATHS, st.integers(0, 8), st.integers(0, 40))
def test_the_default_cut_can_be_used_or_says_why(
    path: tuple[Step, ...], at: int, offset: int
) -> None:
    if at < len(path):
        cut = default_cut(path, at, min(offset, len(path[at].text)))
        reason = cut_refusal(path, cut)
        earlier = any(part.kind == "answer" for part in path[:at])
        unfinished = any(open_fence(part.text) is not None for part in path)
        unplaced = (at > 0 and path[at - 1].kind == "code") or path[at].text.startswith("<think>")
        assert reason is None or earlier or unfinished or unplaced


def test_a_flaw_in_a_fenced_block_of_the_thinking_is_told_before_the_block() -> None:
    text = "Now the model.\n```\nmin x\nx >= 2\n```\nThat is all."
    path = (step("thought", text),)
    cut = default_cut(path, 0, text.index("x >= 2"))
    assert cut == Cut(step=0, offset=text.index("```"))
    assert cut_refusal(path, cut) is None
    assert default_cut(path, 0, text.index("all")) == Cut(step=0, offset=text.index("That"))


def test_only_the_step_that_is_cut_loses_its_tokens() -> None:
    whole, cut = before(PATH, Cut(step=1)), before(PATH, Cut(step=0, offset=5))
    assert whole[0].token_ids == (1,)
    assert (cut[0].text, cut[0].token_ids, cut[0].tokens) == ("First", None, None)


def test_a_cut_at_the_end_of_a_step_keeps_its_tokens() -> None:
    text = PATH[0].text
    assert before(PATH, Cut(step=0, offset=len(text)))[0].token_ids == (1,)


@pytest.mark.parametrize(
    ("cut", "reason"),
    [
        (Cut(step=0), None),
        (Cut(step=0, offset=12), None),
        (Cut(step=1), None),
        (Cut(step=1, offset=4), "inside code"),
        (Cut(step=2), "after the output"),
        (Cut(step=2, offset=3), "inside output"),
        (Cut(step=3), None),
        (Cut(step=4), None),
        (Cut(step=4, offset=2), "answer has begun"),
        (Cut(step=5), "answer has begun"),
        (Cut(step=5, offset=1), "not in the trace"),
        (Cut(step=9), "not in the trace"),
        (Cut(step=0, offset=99), "not in the trace"),
    ],
)
def test_where_a_hint_can_stand(cut: Cut, reason: str | None) -> None:
    said = cut_refusal(PATH, cut)
    assert said is None if reason is None else reason in str(said)


def test_no_hint_behind_code_that_never_ran() -> None:
    path = PATH[:2]
    assert "before the code" in str(cut_refusal(path, Cut(step=2)))
    assert default_cut(path, 1) == Cut(step=1)


def test_code_that_came_without_output_is_passed() -> None:
    path = (PATH[1], PATH[3])
    assert cut_refusal(path, Cut(step=1)) is None
    assert default_cut(path, 0) == Cut(step=1)


def test_no_hint_inside_a_fence_or_before_the_thinking_opens() -> None:
    fenced = (step("thought", "A formula:\n```latex\nx = 1. y = 2.\n```\n"),)
    assert "fenced block" in str(cut_refusal(fenced, Cut(step=0, offset=28)))
    tagged = (step("thought", "<think>\nFirst this."),)
    assert "not begun" in str(cut_refusal(tagged, Cut(step=0)))
    assert default_cut(tagged, 0, 3) == Cut(step=0, offset=8)


@pytest.mark.parametrize(
    ("at", "offset", "expected"),
    [
        (0, 14, Cut(step=0, offset=12)),
        (0, 5, Cut(step=0)),
        (0, 25, Cut(step=0, offset=23)),
        (1, 3, Cut(step=3)),
        (2, 0, Cut(step=3)),
        (4, 8, Cut(step=4)),
    ],
)
def test_where_a_hint_stands_by_default(at: int, offset: int, expected: Cut) -> None:
    assert default_cut(PATH, at, offset) == expected


@given(st.text(), st.integers(0, 50))
def test_a_sentence_starts_before_what_it_holds(text: str, offset: int) -> None:
    assert 0 <= sentence_start(text, min(offset, len(text))) <= offset


@pytest.mark.parametrize(
    ("kept", "expected"),
    [("", "Wait.\n\n"), ("words", "\nWait.\n"), ("words\n", "Wait.\n"), ("words\n\n", "Wait.\n\n")],
)
def test_a_hint_is_a_line_of_its_own(kept: str, expected: str) -> None:
    path = (step("thought", kept),) if kept else ()
    assert hint_step(path, "Wait.\n ", "human").text == expected
