"""What somebody looks for, read from what they typed.

Words apart must all be there; `"several words"` must stand side by side; `cover*` is the beginning
of a word. A number of four digits or more is found with and without marks between its thousands.
Nothing that can be typed is an error: what is no word is passed over.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from app.core.search.words import LONGEST_PHRASE, words_of

LONGEST = 400
MOST_TERMS = 12
_QUOTES = str.maketrans("“”„", '"""')
_CHUNK = re.compile(r'"([^"]*)"(\*?)|(\S+)')
_GROUPED = re.compile(r"(?<![\w.,])[0-9]{1,3}(?:[,_][0-9]{3})+(?![0-9])")
_LONG = re.compile(r"([0-9]{4,})(\.[0-9]+)?")


class Term(NamedTuple):
    """Words that stand side by side, in one of the ways; of the last only the beginning, if so."""

    ways: tuple[tuple[str, ...], ...]
    prefix: bool = False


Query = tuple[Term, ...]
"""Terms that must all be in a text; none asks for nothing."""


def parse_query(text: str) -> Query:
    """The terms of what was typed, the first few of very many."""
    return tuple(_terms(text[:LONGEST].translate(_QUOTES)))[:MOST_TERMS]


def begins(way: tuple[str, ...], term: Term, words: Sequence[str]) -> bool:
    """Whether these words begin with one of the ways of a term."""
    *first, last = words[: len(way)] or ("",)
    same = last.startswith(way[-1]) if term.prefix else last == way[-1]
    return same and tuple(first) == way[:-1]


def _terms(text: str) -> Iterator[Term]:
    for quoted, starred, plain in _CHUNK.findall(text):
        chunk = _GROUPED.sub(lambda found: re.sub("[,_]", "", found[0]), quoted or plain)
        words = tuple(word.text for word in words_of(chunk))
        if words:
            ways = dict.fromkeys(each[:LONGEST_PHRASE] for each in (words, _grouped(words)))
            yield Term(tuple(ways), bool(starred) or plain.endswith("*"))


def _grouped(words: tuple[str, ...]) -> tuple[str, ...]:
    """The same with long numbers in groups of three digits, as `3,710` comes apart in a text."""
    return tuple(part for word in words for part in _groups(word))


def _groups(word: str) -> Iterator[str]:
    found = _LONG.fullmatch(word)
    if not found:
        yield word
        return
    digits, fraction = found[1], found[2] or ""
    first = len(digits) % 3 or 3
    yield digits[:first]
    for at in range(first, len(digits), 3):
        yield digits[at : at + 3] + (fraction if at + 3 == len(digits) else "")
