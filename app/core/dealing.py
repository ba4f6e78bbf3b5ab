"""Sampling and splitting that come out alike on any machine: by hashes, never by a random state.

Promises: what a key is dealt depends on the seed and the key alone, not on what else there is; so a
problem stays in its split when others are added.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

from app.core.selection import Splits

T = TypeVar("T")


def lot(seed: int, key: str) -> float:
    """A number from 0 to 1 for a key, evenly spread."""
    digest = hashlib.sha256(f"{seed} {key}".encode()).digest()
    return int.from_bytes(digest[:8]) / 2**64


def split_of(key: str, splits: Splits) -> str:
    """The split of all problems whose group has this key."""
    drawn = lot(splits.seed, key)
    if drawn < splits.validation:
        return "validation"
    return "test" if drawn < splits.validation + splits.test else "train"


def sampled(
    items: Sequence[T],
    many: int | None,
    seed: int,
    key: Callable[[T], str],
    kind: Callable[[T], Hashable],
) -> list[T]:
    """`many` of the items in their order, as many of each kind as there can be.

    Where `many` is None, as many of each kind as there are of the rarest.
    """
    piles: defaultdict[Hashable, list[int]] = defaultdict(list)
    for at in sorted(range(len(items)), key=lambda at: lot(seed, key(items[at]))):
        piles[kind(items[at])].append(at)
    if many is None:
        many = min(map(len, piles.values()), default=0) * len(piles)
    taken: set[int] = set()
    for nth, pile in enumerate(sorted(piles.values(), key=len)):
        # The small piles go in whole; the larger ones share what those leave.
        share = (many - len(taken)) // (len(piles) - nth)
        taken.update(pile[:share])
    return [item for at, item in enumerate(items) if at in taken]
