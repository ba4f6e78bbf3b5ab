"""When the remaining traces will be decided, from how many were on each of the last days.

Promises: it says nothing where too little is known; what it says is a span, never one day.
"""

import math
from collections.abc import Sequence
from statistics import mean, stdev

from app.core.model import Frozen

DAYS = 14
"""Whole days that are looked back on, those without any work included."""
LEAST_DAYS = 5
LEAST_DECIDED = 10
_T = (2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160)
"""Student's t for 95%, with 4 to 13 degrees of freedom."""


class Forecast(Frozen):
    """`rate` is a mean day's; `soonest` and `latest` bound the days left by the 95% interval of
    that mean, `latest` None where the interval holds no progress at all."""

    rate: float
    soonest: int
    latest: int | None


def forecast(decided: Sequence[int], remaining: int) -> Forecast | None:
    """The days until `remaining` traces are decided, from how many were on each whole day so far.

    None where the days are too few or too little was decided on them.
    """
    days = decided[-DAYS:]
    if len(days) < LEAST_DAYS or sum(days) < LEAST_DECIDED:
        return None
    rate = mean(days)
    # Counts scatter at least as chance has them; a week with two free days scatters more.
    scatter = max(stdev(days), math.sqrt(rate))
    half = _T[len(days) - LEAST_DAYS] * scatter / math.sqrt(len(days))
    slow = rate - half
    return Forecast(
        rate=rate,
        soonest=math.ceil(remaining / (rate + half)),
        latest=math.ceil(remaining / slow) if slow > 0 else None,
    )
