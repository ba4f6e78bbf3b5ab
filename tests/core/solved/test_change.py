"""Changing a model as solved: what was changed and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Invalid
from app.core.solved import (
    Changes,
    Row,
    RowChange,
    SolvedModel,
    Variable,
    VariableChange,
    changed,
    compare,
)

MODEL = SolvedModel(
    sense="max",
    objective=((0, 3.0), (1, 2.0)),
    constant=1.0,
    variables=(Variable(name="x", upper=4.0), Variable(name="y", integer=True), Variable(name="z")),
    rows=(
        Row(name="room", terms=((0, 1.0), (1, 1.0)), upper=5.0),
        Row(name="even", terms=((2, 2.0),), lower=2.0, upper=2.0),
    ),
)


def told(changes: Changes) -> list[tuple[str, str, str, str]]:
    return [tuple(each) for each in compare(MODEL, changed(MODEL, changes))]


def test_no_change_is_the_same_model() -> None:
    assert changed(MODEL, Changes()) == MODEL


def test_each_change_is_told_and_nothing_else() -> None:
    assert told(Changes(sense="min")) == [("sense", "objective", "max", "min")]
    row = RowChange(row=0, lower=None, upper=7)
    assert told(Changes(rows=(row,))) == [("row", "room", "x + y ≤ 5", "x + y ≤ 7")]
    bounds = VariableChange(variable=0, lower=1, upper=None)
    assert told(Changes(variables=(bounds,))) == [("bounds", "x", "0 to 4", "1 to ∞")]
    cost = VariableChange(variable=2, lower=0, upper=None, coefficient=-1)
    assert told(Changes(variables=(cost,))) == [("coefficient", "z", "0", "−1")]
    gone = VariableChange(variable=1, lower=0, upper=None, coefficient=0)
    assert changed(MODEL, Changes(variables=(gone,))).objective == ((0, 3.0),)


def test_integrality_of_all_comes_before_that_of_one() -> None:
    kept = VariableChange(variable=1, lower=0, upper=None, integer=True)
    one = changed(MODEL, Changes(integrality="none", variables=(kept,)))
    assert [each.integer for each in one.variables] == [False, True, False]
    assert changed(MODEL, Changes(integrality="all")).integers == 3


@pytest.mark.parametrize(
    "changes",
    [
        Changes(rows=(RowChange(row=2, lower=0, upper=1),)),
        Changes(variables=(VariableChange(variable=3, lower=0, upper=1),)),
        Changes(rows=(RowChange(row=0, lower=2, upper=1),)),
        Changes(variables=(VariableChange(variable=0, lower=2, upper=1),)),
    ],
)
def test_what_is_not_there_or_upside_down_is_refused(changes: Changes) -> None:
    with pytest.raises(Invalid):
        changed(MODEL, changes)


@given(st.integers(0, 1), st.floats(-1e6, 1e6), st.floats(0, 1e6))
def test_changes_survive_being_stored(at: int, lower: float, more: float) -> None:
    changes = Changes(rows=(RowChange(row=at, lower=lower, upper=lower + more),))
    assert Changes.model_validate_json(changes.model_dump_json()) == changes
    row = changed(MODEL, changes).rows[at]
    assert (row.lower, row.upper) == (lower, lower + more)
