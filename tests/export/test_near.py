"""Problems of one template are near whatever their numbers; other problems are not."""

import json
from array import array
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export.near import NEAR, groups_of, nearest
from export.sketch import Sketch, likeness, similarity, sketch_of, unpacked

K = TypeVar("K")

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


NOUNS = ("bakery", "bread", "loaf", "loaves", "rye", "wheat", "oven", "bake")
OTHERS = ("pottery", "jugs", "piece", "pieces", "tall", "wide", "kiln", "burn")


def sketched(texts: Iterable[tuple[K, str]]) -> Iterator[tuple[K, Sketch]]:
    """Texts as their sketches."""
    return ((key, sketch_of(text)) for key, text in texts)


def test_other_numbers_are_no_other_problem() -> None:
    assert likeness(sketch_of(ONE), sketch_of(TWO)) > 0.9
    assert likeness(sketch_of(ONE), sketch_of(OTHER)) < 0.2


def test_other_nouns_are_no_other_problem() -> None:
    template = ONE + " There are at most 7 loaves of rye for each of wheat, as the bakery must."
    other = template
    for noun, instead in zip(NOUNS, OTHERS, strict=True):
        other = other.replace(noun, instead)
    one, two = sketch_of(template), sketch_of(other)
    assert similarity(one.words, two.words) < NEAR
    assert likeness(one, two) == 1
    assert set(nearest([(1, one)], [("kept", two)])) == {1}
    assert groups_of([(1, one), (2, sketch_of(OTHER)), (3, two)]) == {1: 1, 2: 2, 3: 1}


@pytest.mark.parametrize(
    "text", ["How many ducks?", "一家面包店出售两种面包，每个黑麦面包赚 3 元。" * 9]
)
def test_a_text_that_is_short_or_in_another_language_has_no_outline(text: str) -> None:
    assert sketch_of(text).outline == b""


def test_a_sketch_is_stored_and_read_back() -> None:
    for text in (ONE, "How many ducks?"):
        assert unpacked(sketch_of(text).packed) == sketch_of(text)


def test_groups_hold_what_is_near_directly_or_by_others() -> None:
    texts = [(1, ONE), (2, OTHER), (3, TWO), (4, THIRD), (5, ""), (6, "?")]
    groups = groups_of(sketched(texts))
    assert (groups[1], groups[3], groups[4]) == (1, 1, 1)
    assert groups[2] == 2
    assert groups_of(sketched([("b", TWO), ("a", ONE)])) == {"b": "b", "a": "b"}


def test_the_nearest_of_those_kept_apart_is_named() -> None:
    found = nearest(sketched([(1, ONE), (2, OTHER)]), sketched([("x #1", THIRD), ("x #2", TWO)]))
    assert set(found) == {1}
    assert found[1].name == "x #2"
    assert NEAR <= found[1].similarity <= 1


def test_a_digest_is_the_same_on_any_machine() -> None:
    assert tuple(array("I", sketch_of(ONE).words)[:4]) == (
        706590368,
        777975454,
        2593595355,
        2110006979,
    )


def test_large_groups_take_no_time() -> None:
    texts = [(at, f"{ONE} It was in {'north' * (at % 7)} {at}.") for at in range(2_000)]
    assert set(groups_of(sketched(texts)).values()) == {0}


@given(st.text(max_size=300))
def test_any_text_is_like_itself(text: str) -> None:
    assert likeness(sketch_of(text), sketch_of(text)) == 1


def test_the_templates_of_two_benchmarks_are_found_and_nothing_else(sample_data: Path) -> None:
    texts = []
    for name in ("nl4opt", "industryor"):
        lines = (sample_data / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        rows = [json.loads(line)["en_question"] for line in lines]
        texts += [(f"{name} {number}", text) for number, text in enumerate(rows, 1)]
    groups = groups_of(sketched(texts))
    assert {(key, head) for key, head in groups.items() if key != head} == {
        ("nl4opt 103", "nl4opt 88"),
        ("nl4opt 243", "nl4opt 161"),
        ("nl4opt 43", "nl4opt 33"),
        ("industryor 21", "industryor 19"),
        ("industryor 73", "industryor 53"),
    }
