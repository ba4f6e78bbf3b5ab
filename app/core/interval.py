"""How sure a share is: Wilson's interval, which holds for few items and for shares near 0 and 1.

Promises: pure. Source: E. B. Wilson, Probable inference, the law of succession, and statistical
inference, 1927, without continuity correction.
"""

from math import sqrt
from statistics import NormalDist


def wilson(right: int, of: int, sure: float = 0.95) -> tuple[float, float]:
    """The bounds of the share that `right` of `of` is a sample of, from 0 to 1."""
    if not of:
        return 0.0, 1.0
    z = NormalDist().inv_cdf((1 + sure) / 2)
    share, weight = right / of, z * z / of
    middle = (share + weight / 2) / (1 + weight)
    half = z / (1 + weight) * sqrt(share * (1 - share) / of + weight / (4 * of))
    return max(0.0, middle - half), min(1.0, middle + half)
