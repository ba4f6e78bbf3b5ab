"""Rules that find flaws in a path, one file or folder a flaw; each finding has its evidence.

Promises: pure; a rule fires on what stands uncorrected at the end of the path, never on what a
later step mended; time in proportion to the path. How often each is right is measured in
docs/detectors.md: rules catch a part of the flaws, the rest is for Interveners and people.
"""

from itertools import islice

from app.core.case import Case
from app.detectors import (
    distrust_of_results,
    fragmentary_code,
    implementation_drift,
    manual_computation,
    wrong_constraints,
    wrong_objective,
    wrong_variables,
)
from app.detectors.finding import Finding, Rule, finding
from app.detectors.reading import Reading

__all__ = ["RULES", "Finding", "Rule", "detect"]

RULES: tuple[Rule, ...] = (
    *manual_computation.RULES,
    *fragmentary_code.RULES,
    *distrust_of_results.RULES,
    *wrong_variables.RULES,
    *wrong_objective.RULES,
    *wrong_constraints.RULES,
    *implementation_drift.RULES,
)


def detect(case: Case) -> tuple[Finding, ...]:
    """What each rule finds first, in the order of the path."""
    reading = Reading(case)
    found = [finding(rule, spot) for rule in RULES for spot in islice(rule.find(reading), 1)]
    return tuple(sorted(found, key=lambda it: (it.evidence.step, it.evidence.start)))
