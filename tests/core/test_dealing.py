"""Samples and splits depend on seeds and keys alone."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from app.core.dealing import lot, sampled, split_of
from app.core.selection import Splits

ITEMS = [("a", at) for at in range(40)] + [("b", at) for at in range(5)] + [("c", 0)]


def deal(many: int | None, seed: int = 0, items: list[tuple[str, int]] = ITEMS) -> list:
    """A sample that is balanced by the letter."""
    return sampled(items, many, seed, key=str, kind=lambda item: item[0])


def test_a_sample_has_as_many_of_each_as_there_can_be() -> None:
    assert Counter(letter for letter, _ in deal(12)) == {"a": 6, "b": 5, "c": 1}
    assert Counter(letter for letter, _ in deal(6)) == {"a": 3, "b": 2, "c": 1}
    assert Counter(letter for letter, _ in deal(None)) == {"a": 1, "b": 1, "c": 1}
    assert deal(1000) == ITEMS
    assert deal(None, items=[]) == []


def test_a_sample_keeps_the_order_and_changes_with_its_seed() -> None:
    assert deal(9) == sorted(deal(9), key=ITEMS.index)
    assert deal(9) == deal(9)
    assert deal(9) != deal(9, seed=1)


def test_more_items_do_not_change_what_others_are_dealt() -> None:
    plain = sampled(ITEMS, 10, 0, key=str, kind=lambda item: None)
    assert {lot(0, str(item)) for item in plain} == {
        *sorted(lot(0, str(item)) for item in ITEMS)[:10]
    }


@given(st.integers(), st.text())
def test_lots_are_shares(seed: int, key: str) -> None:
    assert 0 <= lot(seed, key) < 1


def test_splits_have_about_their_shares() -> None:
    splits = Splits(validation=0.2, test=0.1)
    found = Counter(split_of(str(at), splits) for at in range(5_000))
    assert abs(found["validation"] / 5_000 - 0.2) < 0.02
    assert abs(found["test"] / 5_000 - 0.1) < 0.02
    assert {split_of(str(at), Splits()) for at in range(50)} == {"train"}
