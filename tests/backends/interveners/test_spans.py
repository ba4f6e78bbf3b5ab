"""Finding what a model quotes: to the character, whatever it changed in copying."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.backends.interveners.spans import Place, find_words

TEXT = "Wir rechnen: die Küche faßt „zehn“ Töpfe —\n  also  x ≤ 10. Fin…"


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("die Küche", "die Küche"),
        (unicodedata.normalize("NFD", "die Küche"), "die Küche"),
        ('faßt "zehn" Töpfe', "faßt „zehn“ Töpfe"),
        ("Töpfe - also x ≤ 10.", "Töpfe —\n  also  x ≤ 10."),
        ("WIR RECHNEN", "Wir rechnen"),
        ("Fin...", "Fin…"),
        ("also x\u200b ≤ 10", "also  x ≤ 10"),
    ],
)
def test_words_are_found_to_the_character(words: str, found: str) -> None:
    place = find_words([TEXT], 0, words)
    assert place
    assert TEXT[place.start : place.end] == found


def test_decomposed_text_is_found_with_its_accents() -> None:
    text = unicodedata.normalize("NFD", "un café noir")
    place = find_words([text], 0, "café")
    assert place
    assert unicodedata.normalize("NFC", text[place.start : place.end]) == "café"


@pytest.mark.parametrize(
    ("texts", "step", "found"),
    [
        (["a", "the words", "b"], 2, 1),
        (["a", "the words", "b"], 0, 1),
        (["the words", "b", "c", "d"], 3, 0),
        (["the words", "b", "the words", "d"], 0, 0),
        (["the words", "b", "the words", "d"], 1, None),
        (["the words", "b", "c", "the words"], 1, 0),
        (["the words", "the words", "c", "d", "e"], 4, None),
        (["a", "b"], 0, None),
        ([], 0, None),
    ],
)
def test_the_step_that_was_named_then_its_neighbours_then_the_only_one(
    texts: list[str], step: int, found: int | None
) -> None:
    place = find_words(texts, step, "the words")
    assert (place and place.step) == found


@pytest.mark.parametrize("words", ["", "  ", "\u200b", "\n"])
def test_no_words_are_nowhere(words: str) -> None:
    assert find_words(["some text", "\u200b"], 0, words) is None


@given(st.text(max_size=60), st.data())
def test_a_copy_in_another_form_is_found_where_it_stands(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    form = data.draw(st.sampled_from(["NFC", "NFD", "NFKC"]))
    place = find_words([text], 0, unicodedata.normalize(form, text[start:end]))
    if place:
        assert 0 <= place.start < place.end <= len(text)
    elif text[start:end].isalnum() and text.isascii():
        raise AssertionError("plain words were not found")


def test_a_place_is_of_the_first_occurrence() -> None:
    assert find_words(["ab ab"], 0, "ab") == Place(0, 0, 2)
