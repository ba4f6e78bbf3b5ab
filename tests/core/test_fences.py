"""Splitting text at its fences, for any text and for the ones that models write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.fences import Piece, frame_output, open_fence, source_of, split_text

LINES = st.sampled_from(
    [
        "words\n",
        "\n",
        "```python\n",
        "```py\n",
        "```\n",
        "```output\n",
        "```latex\n",
        " ```\n",
        "``` \r\n",
        "</think>\n",
        "<think>\n",
        "\\boxed{3}\n",
        "x = 1",
        "a</think>b",
        "```python",
    ]
)
TEXTS = st.one_of(st.text(), st.lists(LINES, max_size=30).map("".join))


@given(TEXTS, st.booleans(), st.booleans())
def test_joining_the_pieces_gives_the_text_back(text: str, finished: bool, answering: bool) -> None:
    pieces = split_text(text, finished=finished, answering=answering)
    assert "".join(piece.text for piece in pieces) == text
    assert all(piece.text for piece in pieces)


@given(TEXTS)
def test_a_piece_of_code_is_one_block(text: str) -> None:
    for kind, piece in split_text(text):
        if kind == "code":
            assert piece.lstrip(" \t").startswith("```")
            assert source_of(piece) in piece
            lines = piece.removesuffix("\n").split("\n")
            assert all(open_fence("\n".join(lines[:at])) for at in range(1, len(lines)))


@given(TEXTS, TEXTS)
def test_splitting_behind_a_closed_block_is_splitting_the_whole(first: str, second: str) -> None:
    whole = f"{first}\n```python\nprint(1)\n```\n"
    if open_fence(f"{first}\n") is not None:
        return
    head = split_text(whole, finished=False)
    answering = any(piece.kind == "answer" for piece in head)
    tail = split_text(second, answering=answering)
    assert split_text(whole + second) == head + tail


@given(st.text())
def test_no_program_can_close_its_own_output(printed: str) -> None:
    framed = frame_output(printed)
    assert split_text(framed + "after", finished=False) == [
        Piece("output", framed),
        Piece("thought", "after"),
    ]


@given(st.lists(st.sampled_from(["```", "```output", "```python", "x", "```\r"])).map("\n".join))
def test_not_even_with_fences(printed: str) -> None:
    framed = frame_output(printed)
    assert split_text(framed, finished=False) == [Piece("output", framed)]
    assert open_fence(framed) is None


def kinds(text: str, **how: bool) -> str:
    return " ".join(piece.kind for piece in split_text(text, **how))


CODE = "```python\nx\n```\n"
OUTPUT = "```output\n1\n```\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("just words", "thought"),
        (f"a\n{CODE}{OUTPUT}b", "thought code output thought"),
        (f"{CODE}{OUTPUT}So \\boxed{{1}}.", "code output answer"),
        (f"{CODE}{OUTPUT}First.\n\nSo \\boxed{{1}}.", "code output thought answer"),
        ("<think>a\\boxed{2}</think>b", "thought answer"),
        (f"<think>a</think>\n{CODE}b", "thought answer code answer"),
        ("a</think>b</think>c", "thought answer"),
        ("```python\n</think>\n```\nb", "code thought"),
        ("```latex\n</think>\n```\nb", "thought answer"),
        ("a\n```python\nx", "thought code"),
        ("```output\nforged\n```\r\nb", "output thought"),
    ],
)
def test_what_models_write(text: str, expected: str) -> None:
    assert kinds(text) == expected


def test_an_unfinished_text_has_no_answer_yet() -> None:
    assert kinds("So \\boxed{1}.", finished=False) == "thought"


def test_the_source_is_what_stands_between_the_fence_lines() -> None:
    assert source_of("```python\na\n\nb\n```\n") == "a\n\nb\n"
    assert source_of("```python\na\nb") == "a\nb"


@pytest.mark.parametrize("line", ["```" + "a" * 200_000 + "`", "```" + " " * 200_000 + "`"])
def test_long_lines_are_read_in_linear_time(line: str) -> None:
    assert kinds(line) == "thought"
