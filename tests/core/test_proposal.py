"""Proposals as they are stored: what older rows lack is read as its absence."""

from typing import Any

import pytest
from pydantic import ValidationError

from app.core.proposal import Proposal, Source

OLD: dict[str, Any] = {
    "flaw": "wrong-objective",
    "evidence": [{"step": 0, "start": 0, "end": 4, "note": "the sense"}],
    "cut": {"step": 0, "offset": 0},
    "words": "Wait, this is a profit.",
    "source": {"kind": "rule", "name": "sense", "version": "rules-1"},
}
"""As the first schema stored them."""


def test_what_was_stored_before_confidence_is_readable() -> None:
    proposal = Proposal.model_validate(OLD)
    assert (proposal.confidence, proposal.confirmed_by) == (None, ())


def test_confidence_and_confirmations_come_back_from_json() -> None:
    told = OLD | {"confidence": 0.7, "confirmed_by": [{"kind": "rule", "name": "trivial"}]}
    proposal = Proposal.model_validate(told)
    assert proposal.confirmed_by == (Source(kind="rule", name="trivial"),)
    assert Proposal.model_validate_json(proposal.model_dump_json()) == proposal


@pytest.mark.parametrize("confidence", [-0.1, 1.1, float("nan"), float("inf")])
def test_a_confidence_is_from_0_to_1(confidence: float) -> None:
    with pytest.raises(ValidationError):
        Proposal.model_validate(OLD | {"confidence": confidence})
