"""How sure the queue can be of a trace, and whether people disagree."""

import pytest

from app.core.certainty import OpenHint, Said, certainty, disputed
from app.core.trials import Tally


def hint(confidence: float | None, right: int = 0, wrong: int = 0) -> OpenHint:
    return OpenHint(confidence=confidence, tried=Tally(right=right, wrong=wrong))


@pytest.mark.parametrize(
    ("outcome", "correct", "hints", "expected"),
    [
        (None, None, [], 100),
        ("model_error", None, [], 100),
        ("answered", True, [], 100),
        ("answered", False, [], 0),
        ("answered", None, [], 0),
        ("answered", False, [hint(1.0)], 100),
        ("answered", False, [hint(0.5)], 0),
        ("answered", False, [hint(0.9)], 80),
        ("answered", False, [hint(0.1)], 80),
        ("answered", False, [hint(None)], 0),
        ("answered", False, [hint(0.9), hint(0.6)], 20),
        ("answered", True, [hint(1.0)], 50),
        ("answered", False, [hint(1.0, right=2, wrong=2)], 0),
        ("answered", False, [hint(1.0, right=4)], 100),
        ("answered", False, [hint(1.0, right=3, wrong=1)], 25),
    ],
)
def test_certainty(outcome, correct, hints, expected) -> None:  # type: ignore[no-untyped-def]
    assert certainty(outcome, correct, hints) == expected


ADA, BO, CY = 1, 2, 3


@pytest.mark.parametrize(
    ("said", "standing", "expected"),
    [
        ([], False, False),
        ([Said(person=ADA, decision="golden")], True, False),
        ([Said(person=ADA, decision="golden", reopened=True)], False, True),
        (
            [
                Said(person=ADA, decision="golden", reopened=True),
                Said(person=BO, decision="golden"),
            ],
            True,
            False,
        ),
        (
            [
                Said(person=ADA, decision="golden", reopened=True),
                Said(person=BO, decision="discard"),
            ],
            True,
            True,
        ),
        (
            [
                Said(person=ADA, decision="golden", reopened=True),
                Said(person=BO, decision="discard", reopened=True),
                Said(person=ADA, decision="discard"),
            ],
            True,
            False,
        ),
    ],
)
def test_disputed(said: list[Said], standing: bool, expected: bool) -> None:
    assert disputed(said, standing) is expected
