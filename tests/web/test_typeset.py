"""Typeset text gives the text back, whatever it is, in tags of ours that close in their order."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.formulas import formulas
from app.web.markdown import CHUNK, MOST_SIGNS, typeset
from app.web.marked import Mark
from app.web.typeset import CONTROLS, LINES, code, prose

SIGNS = ["a", "b1", " ", "\n", "\n\n", "*", "**", "`", "```", "- ", "1. ", "#", "# ", "|", "~~~"]
SIGNS += ["\n|---|\n", "[", "](", "http://x.y", ")", "\\", "$x$", "> ", "   ", "\t", "\r\n"]
SIGNS += ["é", "🚢", "---", "<b>", "&amp;", "_", "\u2028", "\x00", "\u202e", "</div>"]
TEXTS = st.lists(st.sampled_from(SIGNS), max_size=30).map("".join)
MARKS = st.lists(st.builds(Mark, st.integers(0, 40), st.integers(0, 40), st.just("flaw x")))


def plain(markup: str) -> str:
    """The text nodes, but for what stands aside."""
    shown = re.sub(r'<span class="cut".*?</span>', "", markup)
    return html.unescape(re.sub(r"<[^>]*>", "", shown).replace("\r", "&#13;"))


def unclosed(markup: str) -> list[str]:
    """Tags that are open at the end; fails where one closes that was not the last to open."""
    names: list[str] = []
    for closing, name in re.findall(r"<(/?)(\w+)", markup):
        if closing:
            assert names.pop() == name
        else:
            names.append(name)
    return names


@given(TEXTS, MARKS)
def test_the_text_nodes_are_the_text(text: str, marks: list[Mark]) -> None:
    shown = prose(text, tuple(mark for mark in marks if mark.end > mark.start))
    parts = [shown.head, shown.folded, shown.tail]
    assert "".join(map(plain, parts)).replace("\ufffd", "\x00") == text
    assert [unclosed(part) for part in parts] == [[], [], []]


@given(TEXTS)
def test_no_letter_or_digit_is_hidden(text: str) -> None:
    pieces = typeset(text, list(formulas(text))).pieces
    assert "".join(text[piece.start : piece.end] for piece in pieces) == text
    hidden = [text[piece.start : piece.end] for piece in pieces if piece.name == "syntax"]
    assert not any(re.search(r"[^\W_]", each) for each in hidden)


def shown(text: str) -> str:
    """All of a short text."""
    return str(prose(text).head)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("a **b** c", '<strong><span class="syntax">**</span>b</strong>'),
        ("a *b* c", '<em><span class="syntax">*</span>b</em>'),
        ("## Rows\n\nx", 'role="heading" aria-level="2"><span class="syntax">## </span>Rows</div>'),
        ("say `x*y*z`", '<span class="code">x*y*z</span>'),
        ("- one\n- two", '<span class="marker">-</span>'),
        ("3. the third", '<span class="marker">3.</span>'),
        ("| a |\n|---|\n| 1 |", '<div class="cellar" role="cell"><span class="syntax"> |\n|---|'),
        ("```json\n{}\n```", '<span class="info">json</span>'),
        ("`$x$` is $x$", '<span class="code">$x$</span>'),
        ("$a*b*c$ **d**", '<span class="tex">$a*b*c$</span> <strong>'),
        ("[its page](https://a.b/c)", 'rel="noopener noreferrer nofollow"><span class="syntax">['),
        ("[its page](https://a.b/c)", '<span class="address">(https://a.b/c)</span>'),
        ("a\u202eb", '<span class="control u202e">\u202e</span>'),
    ],
)
def test_markdown_is_typeset(text: str, part: str) -> None:
    assert part in shown(text)


@pytest.mark.parametrize(
    "text",
    [
        *("5*x + 3*y", "x**2 + y**2", "__init__ and _C1", "> 5 units", r"\$5 and \*this\*"),
        *("[x](javascript:alert(1))", "![x](data:a)", "[1](2)", "<b>bold</b> &amp;", "2 * 3 * 4"),
        *("    x = 1", "[a]: http://b.c"),
    ],
)
def test_what_means_something_else_stays_as_it_was_written(text: str) -> None:
    assert plain(shown(text)) == text
    assert not re.search("<(em|strong|code|a)|role=", shown(text))
    assert re.sub(r'<span class="syntax">\s*</span>', "", shown(text)).count("<span") == 0


def test_a_long_text_folds_between_blocks_and_is_open_where_something_is_marked() -> None:
    text = "A paragraph of words.\n\n" * 800
    folded = prose(text)
    assert 0.5 < folded.share < 1
    assert not folded.open
    assert folded.folded.startswith('<div class="p">')
    assert prose(text, (Mark(9_000, 9_010, "flaw x", "1"),)).open
    assert not prose(text[:5_000]).folded


@pytest.mark.parametrize("before", range(0, 60, 7))
def test_no_fold_begins_in_the_empty_cell_that_ends_a_table(before: int) -> None:
    rows = "| one | two |\n|---|---|\n| 1 | |\n\nwords\n\n" * 300
    folded = prose("x" * before + "\n\n" + rows)
    parts = [folded.head, folded.folded, folded.tail]
    assert folded.folded
    assert [unclosed(part) for part in parts] == [[], [], []]


def test_pieces_longer_than_a_chunk_are_cut_between_paragraphs() -> None:
    text = "a **b** c\n\n" * (CHUNK // 5)
    assert shown(text[: CHUNK * 2]).count("<strong>") + prose(text).folded.count("<strong>") > 500
    assert typeset(text, []).pieces[-1].end == len(text)


WIDE = f"|{'a|' * 400}\n|{'-|' * 400}\n" + "|b\n" * 1_500
COSTLY = ["[", "[a](", "*a ", "*x* ", "a`", "- a\n", "- + - + a\n", "1. 1. a\n", "# a\n", "-|-\n"]
COSTLY += ["\n\na", "---\n", "```\n", "[a](http://a.b) ", "$x$ ", "\\(x\\)", "\u202ea", WIDE]


@pytest.mark.parametrize("unit", COSTLY)
def test_no_text_becomes_more_elements_than_its_signs_allow(unit: str) -> None:
    text = unit * (150_000 // len(unit))
    parts = prose(text)[:3]
    assert sum(part.count("</") for part in parts) < 4 * MOST_SIGNS
    assert "".join(map(plain, parts)) == text


def test_what_has_too_many_signs_stands_as_written_and_the_text_says_so() -> None:
    text = f"one **word**\n\n{WIDE}\n\nmore **words**"
    crowded = prose("- a\n" * MOST_SIGNS)
    assert not crowded.whole
    assert crowded.head.count('role="list"')
    assert 'role="list"' not in crowded.tail
    wide = prose(text)
    assert not wide.whole
    assert 'role="table"' not in wide.head + wide.folded
    assert prose("one **word**").whole


def test_a_formula_ends_before_another_opens() -> None:
    text = r"\(a \(b\) and \[x \\[4pt] y\] but \\(c\\)"
    assert [text[each.start : each.end] for each in formulas(text)] == [
        r"\(b\)",
        r"\[x \\[4pt] y\]",
    ]


def test_characters_that_nobody_sees_are_marked_each_up_to_so_many() -> None:
    shown = str(prose("a\u202e\u202eb").head)
    assert shown.count("u202e") == 1
    many = str(prose("a\u202e" * (CONTROLS + 5)).head)
    assert many.count("control u202e") == CONTROLS
    assert many.count("control") == CONTROLS + 1


def test_code_of_very_many_lines_ends_in_one() -> None:
    text = "1\n" * (LINES + 50)
    shown = code(text, (), None)
    assert shown.count('"ln"') == LINES + 1
    assert plain(shown) == text
