"""Problems of one template are near whatever their numbers; other problems are not."""

from array import array

from hypothesis import given
from hypothesis import strategies as st

from export.near import NEAR, digest_of, groups_of, nearest, similarity

TEMPLATE = (
    "A bakery sells {a} kinds of bread. Each loaf of rye earns ${b} and takes {c} minutes in the "
    "oven; each loaf of wheat earns ${d} and takes {e} minutes. The oven runs {f} minutes a day. "
    "How many loaves of each should the bakery bake to earn the most?"
)
ONE = TEMPLATE.format(a="two", b="3", c="12", d="2.50", e="9", f="480")
TWO = TEMPLATE.format(a="2", b="1,250.75", c="twenty-five", d="4", e="7", f="a dozen")
OTHER = (
    "A ferry company has small and large boats. A small boat carries 10 people, a large one 25. "
    "At least 530 people must cross, with at most 12 large boats. How many boats are the fewest?"
)
THIRD = "The same bakery, in short: " + ONE


def test_other_numbers_are_no_other_problem() -> None:
    assert similarity(digest_of(ONE), digest_of(TWO)) > 0.9
    assert similarity(digest_of(ONE), digest_of(OTHER)) < 0.2


def test_groups_hold_what_is_near_directly_or_by_others() -> None:
    texts = [(1, ONE), (2, OTHER), (3, TWO), (4, THIRD), (5, ""), (6, "?")]
    groups = groups_of(texts)
    assert (groups[1], groups[3], groups[4]) == (1, 1, 1)
    assert groups[2] == 2
    assert groups_of([("b", TWO), ("a", ONE)]) == {"b": "b", "a": "b"}


def test_the_nearest_of_those_kept_apart_is_named() -> None:
    found = nearest([(1, ONE), (2, OTHER)], [("x #1", THIRD), ("x #2", TWO)])
    assert set(found) == {1}
    assert found[1].name == "x #2"
    assert NEAR <= found[1].similarity <= 1


def test_a_digest_is_the_same_on_any_machine() -> None:
    assert tuple(array("I", digest_of(ONE))[:4]) == (706590368, 777975454, 2593595355, 2110006979)


def test_large_groups_take_no_time() -> None:
    texts = [(at, f"{ONE} It was in {'north' * (at % 7)} {at}.") for at in range(2_000)]
    assert set(groups_of(texts).values()) == {0}


@given(st.text(max_size=300))
def test_any_text_is_like_itself(text: str) -> None:
    assert similarity(digest_of(text), digest_of(text)) == 1
