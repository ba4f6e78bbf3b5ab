"""Text as it stands in a page: Markdown typeset, code coloured, marks over both.

Promises: the text nodes of the parts, joined, are the text, to the code point, but for what has
`data-aside`; all of it is escaped; the tags are ours, in the order in which they close. Texts of
steps never change, so what was made of one lately is kept.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate, islice, pairwise
from typing import NamedTuple

from markupsafe import Markup, escape

from app.web.formulas import formulas
from app.web.highlight import python_marks
from app.web.markdown import Tag, Typeset, typeset
from app.web.marked import Mark, Run, lines, runs, widen

HEAD, TAIL, LEAST = 2_400, 1_200, 4_000
"""Characters before and behind what is folded, and the fewest that are."""
LINES, COLOURED, CONTROLS = 20_000, 40_000, 5_000
"""Lines and tokens of code, and characters that nobody sees, that have elements of their own."""
_KEPT = 20_000
"""Characters of the longest text that is kept once it is made: of 1,024 that is 20 MB, not 1 GB."""
_CONTROL = re.compile("([\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff])\\1*")
_NO_FORMULA = frozenset({"code", "info", "address", "marker"})


Ghosts = tuple[tuple[str, Markup], ...]
"""Of each place, named by its link, what is shown there."""


class Text(NamedTuple):
    """A text in parts; `folded` is "" unless it is long, `open` where something in it is marked.

    It is not `whole` where a part of it had too many signs to be typeset.
    """

    head: Markup
    folded: Markup
    tail: Markup
    share: float
    open: bool
    whole: bool


def prose(text: str, marks: tuple[Mark, ...] = (), ghosts: Ghosts = ()) -> Text:
    """`text` typeset, with `marks` over it: evidence, and places of hints with their `ghosts`."""
    written = _prose if len(text) <= _KEPT else _prose.__wrapped__
    return written(text, marks, ghosts)


@lru_cache(maxsize=1024)
def _prose(text: str, marks: tuple[Mark, ...], ghosts: Ghosts) -> Text:
    found = list(formulas(text))
    shape = typeset(text, found)
    found = list(_outside_code(found, shape.pieces))
    over = [*found, *controls(text), *widen(marks, found)]
    start, end = _fold(text, shape)
    signs = [piece for piece in shape.pieces if piece.name]
    edges = {start, end, *(piece.start for piece in shape.pieces)}
    cut = runs(text, [*signs, *over], edges)
    head, folded, tail = _split(_written(cut, shape.tags, dict(ghosts)), start, end)
    within = any(mark.start < end and mark.end > start for mark in marks)
    share = (end - start) / max(len(text), 1)
    return Text(head, folded, tail, share, within, shape.whole)


def code(text: str, marks: tuple[Mark, ...], failing: int | None) -> Markup:
    """A program in its colours, a line in each `ln`; `failing` is where it ended, from 1.

    All that is behind `LINES` lines is one.
    """
    written = _code if len(text) <= _KEPT else _code.__wrapped__
    return written(text, marks, failing)


@lru_cache(maxsize=1024)
def _code(text: str, marks: tuple[Mark, ...], failing: int | None) -> Markup:
    coloured = islice(python_marks(text), COLOURED)
    edge = _end_of_lines(text)
    cut = runs(text, [*coloured, *controls(text), *marks], [edge])
    at = bisect_left(list(accumulate(len(run.text) for run in cut)), edge) + 1
    found = [*lines(cut[:at]), *filter(None, [cut[at:]])]
    names = {failing: "ln failing"}
    written = (
        f'<span class="{names.get(number, "ln")}">{"".join(map(_span, line))}</span>'
        for number, line in enumerate(found, 1)
    )
    return Markup("".join(written))


def place(link: str, ghost: Markup) -> Markup:
    """Where the hint of a proposal would stand, with what is shown there."""
    opening = Markup('<span class="cut" id="place-{0}" data-place="{0}" data-aside>').format(link)
    return opening + ghost + Markup("</span>")


def controls(text: str) -> Iterator[Mark]:
    """Characters that nobody sees and that change the order of others: named `control u202e`.

    Equal neighbours are one mark, and behind `CONTROLS` marks all from the next one on is.
    """
    for number, found in enumerate(_CONTROL.finditer(text)):
        if number == CONTROLS:
            yield Mark(found.start(), len(text), "control")
            return
        yield Mark(found.start(), found.end(), f"control u{ord(found[1]):04x}")


def _end_of_lines(text: str) -> int:
    """Where the last line that has an element of its own ends."""
    parts = text.split("\n", LINES)
    return len(text) - len(parts[-1]) if len(parts) > LINES else len(text)


def _outside_code(found: Iterable[Mark], pieces: Sequence[Mark]) -> Iterator[Mark]:
    """The formulas that are words."""
    code = iter([piece for piece in pieces if piece.name in _NO_FORMULA])
    here = next(code, None)
    for formula in found:
        while here and here.end <= formula.start:
            here = next(code, None)
        if here is None or formula.end <= here.start:
            yield formula


def _fold(text: str, shape: Typeset) -> tuple[int, int]:
    """The stretch of whole blocks that is folded, (0, 0) for none."""
    tops, depth = [], 0
    for tag in shape.tags:
        if depth == 0:
            tops.append(tag.at)
        depth += _deeper(tag.html)
    start = next((at for at in tops if at >= HEAD), 0)
    end = next((at for at in reversed(tops) if at <= len(text) - TAIL), 0)
    return (start, end) if end - start >= LEAST and start else (0, 0)


def _written(
    cut: Sequence[Run], tags: Sequence[Tag], ghosts: Mapping[str, Markup]
) -> Iterator[tuple[int, str]]:
    """The markup in order, each part with the offset that it stands at."""
    at, waiting = 0, list(reversed(tags))
    for run in cut:
        while waiting and waiting[-1].at <= at:
            yield at, waiting.pop().html
        yield at, _span(run) if run.text else place(run.links, ghosts.get(run.links, Markup()))
        at += len(run.text)
    yield from ((at, tag.html) for tag in reversed(waiting))


def _span(run: Run) -> str:
    if not run.names:
        return escape(run.text)
    links = f' data-links="{escape(run.links)}"' if run.links else ""
    return f'<span class="{escape(run.names)}"{links}>{escape(run.text)}</span>'


def _split(parts: Iterable[tuple[int, str]], start: int, end: int) -> Iterator[Markup]:
    """The parts before `start`, from there, and from `end`."""
    written = list(parts)
    edges = [0, *(_first(written, at) if end else len(written) for at in (start, end))]
    for first, last in pairwise([*edges, len(written)]):
        yield Markup("".join(part for _, part in written[first:last]))


def _first(written: Sequence[tuple[int, str]], at: int) -> int:
    """Where the block that begins at `at` opens: behind all that is opened and closed there."""
    depth = 0
    for number, (place, part) in enumerate(written):
        if place >= at and depth == 0 and not part.startswith("</"):
            return number
        depth += _deeper(part)
    return len(written)


def _deeper(html: str) -> int:
    """How many more elements are open behind it than before it."""
    return html.count("<") - 2 * html.count("</")
