"""The words around what was found, with what was found marked.

Promises: of a text of any length no more than `_READ` characters are taken apart into words. One
pattern finds where that begins; what only folding makes the same word, as `Café` is `cafe`, it
does not find, so that such a word is marked in the first `_READ` characters only.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from app.core.search.query import Query, Term, begins
from app.core.search.words import LONGEST_WORD, Word, words_of

_BEFORE, _LENGTH = 70, 260
_READ = 10_000
_BETWEEN = r"0*[\W_]{0,40}"
"""Between the words of a phrase: zeros behind a decimal point are in no folded word."""


class Piece(NamedTuple):
    """A piece of an excerpt; `found` where it is what was looked for."""

    text: str
    found: bool


def excerpt(query: Query, text: str) -> tuple[Piece, ...]:
    """Some 260 characters of a text around the first thing found, else its beginning.

    The pieces put together are that part of the text, to the character, but for `…` at its ends.
    """
    spans = _spans(query, text, _nearest(query, text))
    first = next(spans, (0, 0))
    start = _word_start(text, first[0] - _BEFORE)
    end = min(len(text), start + _LENGTH)
    shown = [first, *_until(spans, end)] if first[1] else []
    return tuple(_pieces(text, start, end, shown))


def _pieces(text: str, start: int, end: int, spans: list[tuple[int, int]]) -> Iterator[Piece]:
    at = start
    lead = "…" if start else ""
    for first, last in spans:
        first, last = max(first, at), min(last, end)
        if first < last:
            yield Piece(lead + text[at:first], False)
            yield Piece(text[first:last], True)
            at, lead = last, ""
    yield Piece(lead + text[at:end] + ("…" if end < len(text) else ""), False)


def _until(spans: Iterator[tuple[int, int]], end: int) -> Iterator[tuple[int, int]]:
    for span in spans:
        if span[0] >= end:
            return
        yield span


def _nearest(query: Query, text: str) -> int:
    """A place shortly before the first thing found, at the start of a word, or 0."""
    written = "|".join(_pattern(way, term) for term in query for way in term.ways)
    found = re.search(written, text, re.IGNORECASE) if written and len(text) > _READ else None
    return _word_start(text, found.start() - _BEFORE) if found else 0


def _pattern(way: tuple[str, ...], term: Term) -> str:
    """About what the words of a phrase look like in a text; they hold letters and digits alone."""
    behind = "" if term.prefix or len(way[-1]) == LONGEST_WORD else "0*(?![a-z0-9])"
    return "(?<![a-z0-9])" + _BETWEEN.join(map(re.escape, way)) + behind


def _spans(query: Query, text: str, start: int) -> Iterator[tuple[int, int]]:
    """Where terms stand from `start` on, in order, read no further than is asked for."""
    longest = max((len(way) for term in query for way in term.ways), default=0)
    ahead: list[Word] = []
    for word in words_of(text[start : start + _READ]):
        ahead.append(word._replace(start=start + word.start, end=start + word.end))
        if len(ahead) == longest:
            yield from _begins(query, ahead)
            del ahead[0]
    while ahead:
        yield from _begins(query, ahead)
        del ahead[0]


def _begins(query: Query, ahead: list[Word]) -> Iterator[tuple[int, int]]:
    """What of the query begins at the first of these words."""
    words = [word.text for word in ahead]
    sizes = [len(way) for term in query for way in term.ways if begins(way, term, words)]
    if sizes:
        yield ahead[0].start, ahead[max(sizes) - 1].end


def _word_start(text: str, at: int) -> int:
    """The nearest start of a word behind `at`, so that an excerpt begins with a whole one."""
    if at <= 0:
        return 0
    space = next((n for n in range(at, min(at + 20, len(text))) if text[n].isspace()), at - 1)
    return space + 1
