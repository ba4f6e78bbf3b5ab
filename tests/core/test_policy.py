"""Which hint passes without a person."""

import pytest

from app.core.policy import Policy
from app.core.proposal import Proposal, Source
from app.core.trace import Cut


def hint(flaw: str = "wrong-objective", step: int = 0, confidence: float | None = None) -> Proposal:
    source = Source(kind="rule", name="test")
    return Proposal(
        flaw=flaw,
        evidence=(),
        cut=Cut(step=step),
        words="Let me look again.",
        source=source,
        confidence=confidence,
    )


def test_nothing_passes_where_nothing_was_chosen() -> None:
    assert Policy(on=True).passing([hint(confidence=1.0)]) is None
    assert Policy(on=True, flaws=("wrong-objective",)).passing([]) is None


@pytest.mark.parametrize(("confidence", "passes"), [(None, False), (0.79, False), (0.8, True)])
def test_a_hint_passes_for_its_confidence(confidence: float | None, passes: bool) -> None:
    found = Policy(on=True, confidence=0.8).passing([hint(confidence=confidence)])
    assert (found is not None) is passes


def test_the_first_hint_of_a_path_decides() -> None:
    policy = Policy(on=True, flaws=("wrong-objective",))
    late, early = hint(step=4), hint("wrong-variables", step=2)
    assert policy.passing([late, early]) is None
    assert policy.passing([late]) is late
