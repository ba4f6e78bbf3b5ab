"""The loss is on the Reasoner's words and on hints, never on an output."""

import pytest

from app.core.masks import MaskPolicy
from tests.export.sample_rows import PATH


@pytest.mark.parametrize(
    ("hints", "trained"),
    [
        (True, [True, True, False, False, True, True]),
        (False, [True, True, False, False, False, True]),
    ],
)
def test_what_is_trained_on(hints: bool, trained: list[bool]) -> None:
    assert [MaskPolicy(hints=hints).trains(step) for step in PATH] == trained


@pytest.mark.parametrize("wanted", [True, False])
def test_code_that_a_hint_corrected_can_be_left_out(wanted: bool) -> None:
    policy = MaskPolicy(corrected_code=wanted)
    code = PATH[1]
    assert policy.trains(code, corrected=True) is wanted
    assert policy.trains(code)
    assert policy.trains(PATH[0], corrected=True)
