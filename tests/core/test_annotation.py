"""What people said elsewhere: read, placed in the text, and refused where it is no annotation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.annotation import COLUMN, MOST, Annotation, annotations_in, placed
from app.core.fields import BadField
from app.core.imported import trace_from_row

TEXT = "Let x be ducks. Let y be geese. \\boxed{5}"


def said(**fields: object) -> Annotation:
    """An annotation of a tool."""
    return Annotation.model_validate({"peer": "Tool", "name": "flaw", **fields})


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"start": 9, "end": 14, "quote": "ducks"}, (9, 14)),
        ({"start": 9, "end": 14}, (9, 14)),
        ({"start": 11, "end": 16, "quote": "ducks"}, (9, 14)),
        ({"quote": "geese"}, (25, 30)),
        ({"quote": "Let"}, (None, None)),
        ({"start": 3, "end": 9, "quote": "swans"}, (None, None)),
        ({"start": -1, "end": 10**30}, (None, None)),
        ({}, (None, None)),
    ],
)
def test_words_are_placed_only_where_they_stand(fields: dict, place: tuple) -> None:
    found = placed(said(**fields), TEXT)
    assert (found.start, found.end) == place
    assert found.quote == fields.get("quote", "ducks" if place == (9, 14) else "")


def test_a_row_brings_its_annotations_and_moments_are_in_utc() -> None:
    cell = [{"peer": "Tool", "name": "flaw", "value": "a\0b", "at": "2026-01-02T03:04:05+01:00"}]
    draft = trace_from_row({"question": "q", "response": TEXT, COLUMN: cell})
    (found,) = draft.annotations
    assert found.value == "a\ufffdb"
    assert found.at is not None
    assert found.at.isoformat() == "2026-01-02T02:04:05+00:00"
    assert COLUMN not in draft.problem.extra


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("golden", "has to be a list"),
        ([{"peer": "T", "name": "n"}] * (MOST + 1), "at most 500"),
        ([{"peer": "T", "name": "n"}, {"peer": "T"}], "Annotation 2 can't be read"),
        ([{"peer": "T", "name": "n", "at": "9999-12-31T23:00:00-10:00"}], "Annotation 1"),
        ([{"peer": "T", "name": "n", "value": "x" * 10_001}], "Annotation 1"),
        ([{"peer": "T", "name": "n", "verdict": "golden"}], "Annotation 1"),
    ],
)
def test_what_is_no_annotation_is_refused(cell: object, words: str) -> None:
    with pytest.raises(BadField, match=words):
        annotations_in(cell, TEXT)


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
fields = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(("peer", "ref", "who", "at", "name", "value", "quote"), json)
    | {"start": json | st.integers(-3, 50), "end": json | st.integers(-3, 50)},
)


@given(st.lists(fields | json, max_size=3) | json)
def test_any_cell_gives_annotations_or_a_reason(cell: object) -> None:
    try:
        found = annotations_in(cell, TEXT)
    except BadField:
        return
    for each in found:
        assert each.start is None or TEXT[each.start : each.end] == each.quote
