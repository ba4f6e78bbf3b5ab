"""Rules that find flaws in a path, one file a flaw; each proposes a hint with its evidence.

Promises: pure; a rule fires on what stands uncorrected at the end of the path, never on what a
later step mended; what `detect` gives may become a hint. On 556 real traces, rules like
these caught a quarter of the silent modelling errors: the rest is for Interveners and people.
"""

from collections.abc import Callable, Iterator

from app.core.case import Case
from app.core.proposal import Proposal
from app.detectors import (
    distrust_of_results,
    fragmentary_code,
    implementation_drift,
    manual_computation,
    wrong_constraints,
    wrong_objective,
    wrong_variables,
)

Detector = Callable[[Case], Iterator[Proposal]]
DETECTORS: tuple[Detector, ...] = (
    manual_computation.detect,
    fragmentary_code.detect,
    distrust_of_results.detect,
    wrong_variables.detect,
    wrong_objective.detect,
    wrong_constraints.detect,
    implementation_drift.detect,
)


def detect(case: Case) -> tuple[Proposal, ...]:
    """What all rules find and may propose, in the order of the path; each place once."""
    found = (proposal for detector in DETECTORS for proposal in detector(case))
    ordered = sorted(found, key=lambda proposal: (proposal.cut.step, proposal.cut.offset))
    places = {proposal.cut: proposal for proposal in reversed(ordered) if case.allows(proposal)}
    return tuple(proposal for proposal in ordered if places.get(proposal.cut) is proposal)
