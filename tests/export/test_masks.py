"""The loss is on the Reasoner's words and on hints, never on an output."""

import pytest

from export.masks import MaskPolicy
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
