"""Near-duplicate problems: which belong together, and which are close to others kept apart.

Two are near from a Jaccard similarity of about `NEAR` on, of their words or of their outlines
(`export.sketch`); pairs are found by banding, so one of just that similarity is found with a
probability of 0.996. Alike on any machine.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar

from export.sketch import BANDS, Digest, Sketch, band_of, likeness, similarity

NEAR = 0.5
K = TypeVar("K", bound=Hashable)
_HEADS = 8
"""So many of each group in a bucket are compared with what comes: the rest are like them."""


class Nearest(NamedTuple):
    """The closest problem that is kept apart, and about how close it is, from `NEAR` to 1."""

    name: str
    similarity: float


def groups_of(sketches: Iterable[tuple[K, Sketch]]) -> dict[K, K]:
    """By each key the first key of its group: what is near, directly or by others."""
    known = dict(sketches)
    groups = _Groups(known)
    for part in range(2):
        digests = {key: sketch[part] for key, sketch in known.items() if sketch[part]}
        for band in range(BANDS):
            buckets: defaultdict[Digest, dict[K, list[K]]] = defaultdict(dict)
            for key, digest in digests.items():
                _join(key, buckets[band_of(digest, band)], digests, groups)
    return {key: groups.head(key) for key in known}


def nearest(
    sketches: Iterable[tuple[K, Sketch]], kept: Iterable[tuple[str, Sketch]]
) -> dict[K, Nearest]:
    """Those that are near one of `kept` (by their names), each with the nearest."""
    known = list(kept)
    buckets = [[_buckets(known, part, band) for band in range(BANDS)] for part in range(2)]
    found: dict[K, Nearest] = {}
    for key, sketch in sketches:
        others = {at for part in range(2) for at in _alike(sketch[part], buckets[part])}
        close = [Nearest(known[at][0], likeness(sketch, known[at][1])) for at in sorted(others)]
        best = max(close, key=lambda each: each.similarity, default=None)
        if best and best.similarity >= NEAR:
            found[key] = best
    return found


class _Groups(Generic[K]):
    """Disjoint sets of keys; the head of each is its first key in the order given."""

    def __init__(self, keys: Iterable[K]) -> None:
        self._order = {key: at for at, key in enumerate(keys)}
        self._above = {key: key for key in self._order}

    def head(self, key: K) -> K:
        """The first key of the group."""
        while (above := self._above[key]) != key:
            self._above[key] = key = self._above[above]
        return key

    def join(self, one: K, other: K) -> None:
        """Make the groups of both one."""
        first, second = sorted((self.head(one), self.head(other)), key=self._order.__getitem__)
        self._above[second] = first


def _join(
    key: K, bucket: dict[K, list[K]], digests: Mapping[K, Digest], groups: _Groups[K]
) -> None:
    """Join a key to each group of its bucket that it is near, and leave it there for the next."""
    for heads in list(bucket.values()):
        if groups.head(heads[0]) != groups.head(key) and any(
            similarity(digests[key], digests[each]) >= NEAR for each in heads
        ):
            groups.join(key, heads[0])
    own = bucket.setdefault(groups.head(key), [])
    if len(own) < _HEADS:
        own.append(key)


def _alike(digest: Digest, buckets: Sequence[Mapping[Digest, list[int]]]) -> Iterable[int]:
    """The places of what shares a band with a digest."""
    if not digest:
        return ()
    return (at for band in range(BANDS) for at in buckets[band].get(band_of(digest, band), ()))


def _buckets(
    known: Iterable[tuple[str, Sketch]], part: int, band: int
) -> Mapping[Digest, list[int]]:
    buckets: defaultdict[Digest, list[int]] = defaultdict(list)
    for at, (_, sketch) in enumerate(known):
        if sketch[part]:
            buckets[band_of(sketch[part], band)].append(at)
    return buckets
