"""Finding the words that a model quotes: exactly where they stand, to the character.

Models change quotation marks, dashes, spaces, case and the Unicode form of what they copy, and
miscount steps. Promises: what is found maps back to exact offsets of the step's own text; another
step than the one that was named is taken only where it is a neighbour or holds the words alone, and
the caller learns of it.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_SIGNS = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′`´ʼ", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—−", "-"),
    }
)


class Place(NamedTuple):
    """Characters `start` to `end` of the step at index `step`."""

    step: int
    start: int
    end: int


def find_words(texts: Sequence[str], step: int, words: str) -> Place | None:
    """Where `words` stand: in the step at index `step`, next to it, or where they are alone."""
    words = words.strip()
    if not _looks(words)[0].strip():
        return None
    if 0 <= step < len(texts) and (here := _first(texts, step, words)):
        return here
    near = [at for at in (step - 1, step + 1) if 0 <= at < len(texts)]
    for steps in (near, range(len(texts))):
        found = [place for at in steps if (place := _first(texts, at, words))]
        if len(found) == 1:
            return found[0]
    return None


def _first(texts: Sequence[str], at: int, words: str) -> Place | None:
    """The first place in one step: of the very words, else of words that look the same."""
    start = texts[at].find(words)
    if start >= 0:
        return Place(at, start, start + len(words))
    text, origins = _looks(texts[at])
    sought, _ = _looks(words)
    start = text.find(sought.strip()) if sought.strip() else -1
    if start < 0:
        return None
    first, last = origins[start], origins[start + len(sought.strip()) - 1]
    return Place(at, first, _with_marks(texts[at], last + 1))


def _looks(text: str) -> tuple[str, list[int]]:
    """A text in one form, and for each of its characters the index of the one it comes from."""
    signs: list[str] = []
    origins: list[int] = []
    for at, sign in _plain(text):
        if sign != " " or (signs and signs[-1] != " "):
            signs.append(sign)
            origins.append(at)
    return "".join(signs), origins


def _plain(text: str) -> Iterator[tuple[int, str]]:
    for at, sign in enumerate(text):
        for part in unicodedata.normalize("NFKD", sign.translate(_SIGNS)).casefold():
            if part.isspace():
                yield at, " "
            elif unicodedata.category(part) != "Cf":
                yield at, part


def _with_marks(text: str, end: int) -> int:
    """The end behind the accents that belong to the last character."""
    while end < len(text) and unicodedata.combining(text[end]):
        end += 1
    return end
