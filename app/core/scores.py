"""The scores of an Intervener on labelled traces: their shapes, and the interval of a share.

Every share has its 95% Wilson interval, so that a small number shows; a share of nothing is None,
never 0 or 1. docs/evaluation.md says what each number means.
"""

import math
from collections.abc import Mapping

from app.core.model import Frozen
from app.core.proposal import SourceKind

Interval = tuple[float, float]
_Z = 1.959964
"""Of the normal distribution for 95%."""


class Detection(Frozen):
    """`n` traces have it, `found` of them were said to; `wrong` were said to and do not."""

    precision: float | None
    precision_interval: Interval | None
    recall: float | None
    recall_interval: Interval | None
    n: int
    found: int
    wrong: int


class FlawDetection(Detection):
    """Of the found: the share whose step is right and the share whose words overlap the label's;
    and the median of the characters between the proposed cut and the label's default one."""

    step: float | None
    overlap: float | None
    cut_characters: float | None


class Macro(Frozen):
    """Means over the flaws that have the number."""

    precision: float | None
    recall: float | None


class FirstFlaw(Frozen):
    """Of `n` flawed traces, the share whose first proposal is of the first label's flaw."""

    share: float | None
    interval: Interval | None
    n: int


class SourceCount(Frozen):
    """On how many traces a source proposed a flaw, or confirmed another's proposal of it: traces
    that have it, that have another, flawless ones."""

    kind: SourceKind
    name: str
    version: str
    flaw: str
    right: int
    other: int
    flawless: int


class Scores(Frozen):
    """All that is known of the reviews of one reviewer; `flaws` in the order of the taxonomy."""

    flaws: Mapping[str, FlawDetection]
    flawless: Detection
    macro: Macro
    micro: FlawDetection
    first: FirstFlaw
    sources: tuple[SourceCount, ...]


def wilson(hits: int, n: int) -> Interval | None:
    """The 95% interval of a share (E. B. Wilson, 1927); None for a share of nothing."""
    if not n:
        return None
    share, z = hits / n, _Z * _Z / n
    middle = share + z / 2
    half = math.sqrt(z * share * (1 - share) + z * z / 4)
    low, high = (middle - half) / (1 + z), (middle + half) / (1 + z)
    return min(share, max(0.0, low)), max(share, min(1.0, high))
