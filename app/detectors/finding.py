"""What a rule is, and what it finds: a place, what is wrong there, and the values of a hint.

A finding has no words of a hint: those are in `app.prompts.hints`, by the rule's name.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from app.core.model import Frozen
from app.core.proposal import Evidence
from app.detectors.reading import Reading


class Spot(NamedTuple):
    """Characters `start` to `end` of a step; `values` fill a hint's placeholders."""

    step: int
    start: int
    end: int
    note: str
    values: Mapping[str, str] = {}


class Rule(NamedTuple):
    """A rule of one flaw. `about` says in one line when it fires.

    `confidence`, from 0 to 1, is how often it was right where that was measured
    (docs/detectors.md), else what its evidence is worth.
    """

    name: str
    flaw: str
    about: str
    confidence: float
    find: Callable[[Reading], Iterator[Spot]]


class Finding(Frozen):
    """What a rule found in a path, first of all such places."""

    rule: str
    flaw: str
    evidence: Evidence
    values: Mapping[str, str] = {}
    confidence: float


def finding(rule: Rule, spot: Spot) -> Finding:
    """A spot as the finding of its rule."""
    return Finding(
        rule=rule.name,
        flaw=rule.flaw,
        evidence=Evidence(step=spot.step, start=spot.start, end=spot.end, note=spot.note),
        values=spot.values,
        confidence=rule.confidence,
    )
