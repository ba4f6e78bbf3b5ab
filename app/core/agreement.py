"""How far two people who judged the same things agree."""

from collections import Counter
from collections.abc import Sequence

from app.core.model import Frozen


class Agreement(Frozen):
    """Of `n` things that both judged they decided `same` alike.

    `kappa` is Cohen's (J. Cohen, 1960): 1 is full agreement, 0 what chance gives; None where chance
    alone would have them agree always.
    """

    n: int
    same: int
    kappa: float | None


def agreement(pairs: Sequence[tuple[str, str]]) -> Agreement:
    """The agreement of two people; each pair holds what the one and the other decided."""
    n, same = len(pairs), sum(one == other for one, other in pairs)
    ones, others = (Counter(side) for side in zip(*pairs, strict=True)) if pairs else ({}, {})
    chance = sum(ones[each] * others[each] for each in ones) / n**2 if n else 1.0
    kappa = (same / n - chance) / (1 - chance) if chance < 1 else None
    return Agreement(n=n, same=same, kappa=kappa)
