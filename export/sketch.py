"""A problem in short, to be compared with others: MinHashes of its words and of its outline.

The words go in runs of three. The outline, in runs of seven, is the words that problems of this
kind share, with one sign for whatever stands between them; a text that is short, or whose words are
not those, has none. Every number, in digits or in words, is one sign in both. So a template with
other numbers has the same words, and one with other nouns the same outline (docs/decisions/0013).
MinHash is A. Broder's, 1997. A sketch is alike on any machine.
"""

import re
from array import array
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from app.core.written_numbers import in_digits

SKETCH_VERSION = 1
"""Of how a sketch is made: one that was stored by another is made anew."""
BANDS = 42
Digest = bytes
"""The numbers of a MinHash, of four bytes each: a tenth of what Python's integers take."""
_ROWS = 3
_NUMBER_BYTES = array("I").itemsize
_WIDE = BANDS * _ROWS * _NUMBER_BYTES
_RUN, _OUTLINE_RUN = 3, 7
_SHORTEST_OUTLINE, _LEAST_SHARED = 30, 0.25
_NUMBER = re.compile(r"[0-9][0-9.,]*")
_WORD = re.compile(r"0|[^\W\d_]+")
_SHARED = frozenset(
    _WORD.findall(
        "0 a amount an and are as at available be by can company cost each for has how if in is "
        "least make many maximize minimize most must needs number of on or per profit requires "
        "should since that the there they time to total type types units used while"
    )
)
"""What 60 or more of the 345 problems of NL4OPT and IndustryOR have in common."""


class Sketch(NamedTuple):
    """The MinHashes of a problem's words and of its outline, which is empty where it has none."""

    words: Digest
    outline: Digest

    @property
    def packed(self) -> bytes:
        """Both as one, to be stored."""
        return self.words + self.outline


def unpacked(stored: bytes) -> Sketch:
    """A sketch that was stored."""
    return Sketch(stored[:_WIDE], stored[_WIDE:])


@lru_cache(maxsize=5_000)  # the same benchmarks are asked for again and again
def sketch_of(text: str) -> Sketch:
    """The sketch of a problem's text."""
    words = _WORD.findall(_NUMBER.sub("0", in_digits(text).lower()))
    outline = _outline(words)
    return Sketch(_digest(words, _RUN), _digest(outline, _OUTLINE_RUN) if outline else b"")


def likeness(one: Sketch, other: Sketch) -> float:
    """How similar two are, by their words or by their outlines, whichever says more."""
    alike = (similarity(*pair) for pair in zip(one, other, strict=True) if all(pair))
    return max(alike)


def similarity(one: Digest, other: Digest) -> float:
    """The estimated Jaccard similarity of two texts, 0 to 1."""
    numbers = (memoryview(digest).cast("I") for digest in (one, other))
    return sum(map(int.__eq__, *numbers)) / (BANDS * _ROWS)


def band_of(digest: Digest, band: int) -> Digest:
    """A band of a digest: what shares one may be near."""
    wide = _ROWS * _NUMBER_BYTES
    return digest[band * wide : (band + 1) * wide]


def _outline(words: Sequence[str]) -> list[str]:
    """What stays of a text without the words that it alone has; nothing where that says nothing."""
    shared = [word if word in _SHARED else "" for word in words]
    outline = [word for at, word in enumerate(shared) if word or not at or shared[at - 1]]
    enough = len(outline) >= _SHORTEST_OUTLINE
    return outline if enough and sum(map(bool, shared)) >= _LEAST_SHARED * len(words) else []


def _digest(words: Sequence[str], run: int) -> Digest:
    from rensa import RMinHash

    runs = {" ".join(words[at : at + run]) for at in range(max(1, len(words) - run + 1))}
    sketch = RMinHash(num_perm=BANDS * _ROWS, seed=1)
    sketch.update(sorted(runs))
    return array("I", sketch.digest()).tobytes()
