"""The steps of the guided first trace."""

import pytest

from app.core.guide import GuideStep, step_at

NOTHING = {"proposed": True, "judged": False, "growing": False, "decided": False}


@pytest.mark.parametrize(
    ("read", "facts", "step"),
    [
        ((), {}, "problem"),
        (("problem",), {}, "trace"),
        (("problem", "trace"), {}, "proposal"),
        (("trace",), {}, "problem"),
        (("problem", "trace", "proposal"), {}, "accept"),
        (("problem", "trace"), {"proposed": False}, "verdict"),
        ((), {"judged": True, "growing": True}, "growing"),
        ((), {"judged": True}, "verdict"),
        ((), {"judged": True, "decided": True}, "done"),
    ],
)
def test_a_deed_passes_its_step_and_reading_passes_the_others(
    read: tuple[GuideStep, ...], facts: dict[str, bool], step: GuideStep
) -> None:
    assert step_at(read, **{**NOTHING, **facts}) == step
