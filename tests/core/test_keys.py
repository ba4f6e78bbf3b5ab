"""The table of keys: what is a key, and what two deeds can't share."""

import pytest

from app.core.keys import DEEDS, deeds_by_group, keys_refusal, keys_with, own_keys


def test_the_defaults_are_one_key_each_and_no_two_the_same_on_a_page() -> None:
    assert keys_refusal({deed.name: deed.key for deed in DEEDS}) is None


def test_what_is_stored_is_what_differs_in_lower_case() -> None:
    assert own_keys({"accept": "Y", "edit": "e", "reject": " ", "nothing": "q"}) == {"accept": "y"}
    assert keys_with({"accept": "y"})["accept"] == "y"
    assert keys_with({})["accept"] == "a"


def test_keys_may_change_places_and_be_of_any_script() -> None:
    assert keys_refusal({"accept": "e", "edit": "a"}) is None
    assert keys_refusal({"accept": "ф", "undo": "§"}) is None


@pytest.mark.parametrize("key", ["ab", "\t", "\x7f"])
def test_what_is_no_key_is_refused(key: str) -> None:
    assert "is not one key" in (keys_refusal({"accept": key}) or "")


def test_a_conflict_names_both() -> None:
    refusal = keys_refusal({"accept": "e"})
    assert refusal == "“e” can’t mean both “accept it” and “edit its words where they stand”."


def test_a_key_that_is_the_same_for_everybody_is_no_deeds() -> None:
    refusal = keys_refusal({"undo": "/"})
    assert refusal == "“/” can’t mean both “search” and “undo your newest decision”."


def test_a_key_of_another_page_is_free() -> None:
    queue = {deed.name for those in deeds_by_group("queue").values() for deed in those}
    assert "accept" not in queue
    assert "forward" in queue
