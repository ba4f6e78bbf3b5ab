"""Near-duplicate problems: which belong together, and which are close to others kept apart.

A problem is its words in runs of three, every number of it, in digits or in words, being the same
sign: a template with other numbers is the same set. The sets are compared by MinHash (A. Broder,
1997), and two are near from a Jaccard similarity of about `NEAR` on; pairs are found by banding, so
one of just that similarity is found with a probability of 0.996. Alike on any machine.
"""

import re
from array import array
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from functools import lru_cache
from typing import Generic, NamedTuple, TypeVar

from app.core.written_numbers import in_digits

NEAR = 0.5
K = TypeVar("K", bound=Hashable)
Digest = bytes
"""The numbers of a MinHash, of four bytes each: a tenth of what Python's integers take."""
_BANDS, _ROWS = 42, 3
_NUMBER_BYTES = array("I").itemsize
_RUN = 3
_HEADS = 8
"""So many of each group in a bucket are compared with what comes: the rest are like them."""
_NUMBER = re.compile(r"[0-9][0-9.,]*")
_WORD = re.compile(r"0|[^\W\d_]+")


class Nearest(NamedTuple):
    """The closest problem that is kept apart, and about how close it is, from `NEAR` to 1."""

    name: str
    similarity: float


def groups_of(texts: Iterable[tuple[K, str]]) -> dict[K, K]:
    """By the key of each text the first key of its group: what is near, directly or by others."""
    digests = {key: digest_of(text) for key, text in texts}
    groups = _Groups(digests)
    for band in range(_BANDS):
        buckets: defaultdict[Digest, dict[K, list[K]]] = defaultdict(dict)
        for key, digest in digests.items():
            _join(key, buckets[_key(digest, band)], digests, groups)
    return {key: groups.head(key) for key in digests}


def nearest(texts: Iterable[tuple[K, str]], kept: Iterable[tuple[str, str]]) -> dict[K, Nearest]:
    """Those of the texts that are near one of `kept` (names and texts), each with the nearest."""
    known = [(name, digest_of(text)) for name, text in kept]
    buckets = [_buckets(known, band) for band in range(_BANDS)]
    found: dict[K, Nearest] = {}
    for key, text in texts:
        digest = digest_of(text)
        others = {at for band in range(_BANDS) for at in buckets[band].get(_key(digest, band), ())}
        close = [Nearest(known[at][0], similarity(digest, known[at][1])) for at in sorted(others)]
        best = max(close, key=lambda each: each.similarity, default=None)
        if best and best.similarity >= NEAR:
            found[key] = best
    return found


@lru_cache(maxsize=5_000)  # a preview asks for the same problems again and again
def digest_of(text: str) -> Digest:
    """The MinHash of a problem's text."""
    from rensa import RMinHash

    words = _WORD.findall(_NUMBER.sub("0", in_digits(text).lower()))
    runs = {" ".join(words[at : at + _RUN]) for at in range(max(1, len(words) - _RUN + 1))}
    sketch = RMinHash(num_perm=_BANDS * _ROWS, seed=1)
    sketch.update(sorted(runs))
    return array("I", sketch.digest()).tobytes()


def similarity(one: Digest, other: Digest) -> float:
    """The estimated Jaccard similarity of two texts, 0 to 1."""
    numbers = (memoryview(digest).cast("I") for digest in (one, other))
    return sum(map(int.__eq__, *numbers)) / (_BANDS * _ROWS)


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


def _buckets(known: Iterable[tuple[str, Digest]], band: int) -> Mapping[Digest, list[int]]:
    buckets: defaultdict[Digest, list[int]] = defaultdict(list)
    for at, (_, digest) in enumerate(known):
        buckets[_key(digest, band)].append(at)
    return buckets


def _key(digest: Digest, band: int) -> Digest:
    wide = _ROWS * _NUMBER_BYTES
    return digest[band * wide : (band + 1) * wide]
