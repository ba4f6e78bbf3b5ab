"""Words, queries and excerpts of full-text search."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.search import excerpt, folded, parse_query, words_of
from app.core.search.words import LONGEST_WORD
from tests.searching import matches


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The Ferry carries", "the ferry carries"),
        ("h.addConstr(x_1 <= 3,710)", "h addconstr x 1 3 710"),
        ("340.0 and 3.50", "340 and 3.5"),
        ("1e5 v1.2.3", "1e5 v1 2.3"),
        ("Café CAFE\u0301 ﬁne", "cafe cafe fine"),
        ("x₁ ≤ 2²", "x1 22"),
        ("目标函数 obj", "目 标 函 数 obj"),
        ("___ \x00 <>\"'", ""),
        ("a" * 100, "a" * LONGEST_WORD),
    ],
)
def test_words_of_a_text(text: str, words: str) -> None:
    assert [word.text for word in words_of(text)] == words.split()


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("ferry cars", "Cars go by ferry."),
        ("3710", "a total of 3,710 dollars"),
        ("3,710", "a total of 3710 dollars"),
        ("3,710", "objective 3710.0"),
        ("1234567.5", "it is 1,234,567.50"),
        ('"total of 3710"', "a total of 3,710 dollars"),
        ("200", "cost = [100,200,300]"),
        ("objective_function_value", "print(h.getInfo().objective_function_value)"),
        ("h.addConstr", "h.addConstr(x <= 3)"),
        ("addCon*", "h.addConstr(x <= 3)"),
        ('"the ferr"*', "by the ferry"),
        ("目标", "最大化目标函数"),
        ("re-solve", "then re-solve it"),
        ("“total of 3710”", "a total of 3,710 dollars"),
        ('"unclosed', "an unclosed quote"),
    ],
)
def test_a_query_finds(query: str, text: str) -> None:
    assert matches(query, text)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("ferry plane", "Cars go by ferry."),
        ('"cars ferry"', "Cars go by ferry."),
        ("ferr", "Cars go by ferry."),
        ("371", "a total of 3,710"),
        ("", "anything"),
        ('"" * () !', "anything"),
    ],
)
def test_a_query_does_not_find(query: str, text: str) -> None:
    assert not matches(query, text)


def test_an_excerpt_marks_what_was_found_and_keeps_the_text() -> None:
    text = "word " * 100 + "the <b>Ferry</b> takes 3,710 " + "more " * 100
    pieces = excerpt(parse_query("ferry 3710"), text)
    assert [piece.text for piece in pieces if piece.found] == ["Ferry", "3,710"]
    shown = "".join(piece.text for piece in pieces)
    assert (shown[:5], shown[-1]) == ("…word", "…")
    assert shown.strip("…") in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("ferry", "Ferry"),
        ("3710", "3,710"),
        ("2.5", "2.50"),
        ('"takes 3710"', "takes 3,710"),
        ("ferr*", "Ferry"),
        ("目标", "目标"),
    ],
)
def test_of_a_long_text_only_what_is_around_is_read(
    query: str, found: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    within = excerpt.__globals__
    monkeypatch.setitem(within, "words_of", lambda text: read.append(text) or words_of(text))
    filler = "takes 371 or 37105 wordferry words 12.5 " * 2_000
    text = f"{filler}the Ferry takes 3,710 cars in 2.50 hours, 最大化目标函数. {filler}"
    assert [piece.text for piece in excerpt(parse_query(query), text) if piece.found] == [found]
    assert sum(map(len, read)) <= 10_000


@given(st.text(), st.text())
def test_an_excerpt_of_anything_is_a_part_of_it(query: str, text: str) -> None:
    pieces = excerpt(parse_query(query), text)
    assert "".join(piece.text for piece in pieces).removeprefix("…").removesuffix("…") in text


@given(st.text())
def test_a_word_is_found_by_itself(text: str) -> None:
    for word in words_of(text):
        assert matches(text[word.start : word.end], text)


@given(st.one_of(st.text(), st.text(alphabet="aZ09._ \n-é")))
def test_the_fast_way_finds_the_same_words(text: str) -> None:
    assert folded(text) == [word.text for word in words_of(text)]
