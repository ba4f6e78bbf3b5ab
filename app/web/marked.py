"""Text cut into runs by marks that overlap: evidence, syntax, formulas, numbers, places for hints.

Promises: joining the runs gives the text back, to the code point; a formula is always one run, so
that it can be typeset whole, and marks that end inside one are widened to it. Nothing is escaped
here: templates do that.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple


class Mark(NamedTuple):
    """Characters `start` to `end` are `name`; an empty stretch marks the place before `start`.

    `link` is the proposal that a mark belongs to, "" for none.
    """

    start: int
    end: int
    name: str
    link: str = ""


class Run(NamedTuple):
    """A stretch of text with the names and links of its marks, each joined by spaces.

    A run without text is a place.
    """

    text: str
    names: str = ""
    links: str = ""


def runs(text: str, marks: Iterable[Mark], also: Iterable[int] = ()) -> list[Run]:
    """`text` in order, cut wherever a mark begins or ends, and at the offsets `also`.

    Marks outside the text are clipped; `also` are inside it.
    """
    clipped = [_clip(mark, len(text)) for mark in marks]
    starting: dict[int, list[Mark]] = defaultdict(list)
    for mark in clipped:
        starting[mark.start].append(mark)
    edges = {
        0,
        len(text),
        *also,
        *(mark.start for mark in clipped),
        *(mark.end for mark in clipped),
    }
    return list(_cut(text, sorted(edges), starting))


def widen(marks: Iterable[Mark], formulas: Sequence[Mark]) -> list[Mark]:
    """The marks, none of which begins or ends inside a formula; `formulas` come in order."""
    starts = [formula.start for formula in formulas]

    def around(offset: int) -> Mark | None:
        at = bisect_right(starts, offset) - 1
        inside = at >= 0 and formulas[at].start < offset < formulas[at].end
        return formulas[at] if inside else None

    widened = []
    for mark in marks:
        first, last = around(mark.start), around(mark.end)
        start = first.start if first else mark.start
        end = start if mark.start == mark.end else last.end if last else mark.end
        widened.append(mark._replace(start=start, end=end))
    return widened


def lines(text_runs: Iterable[Run]) -> list[list[Run]]:
    """Runs put into lines, each with its line break; places go with the line they begin."""
    found: list[list[Run]] = [[]]
    for run in text_runs:
        pieces = run.text.split("\n")
        for piece in pieces[:-1]:
            found[-1].append(run._replace(text=f"{piece}\n"))
            found.append([])
        if pieces[-1] or not run.text:
            found[-1].append(run._replace(text=pieces[-1]))
    return found if found[-1] else found[:-1]


def _cut(text: str, edges: list[int], starting: dict[int, list[Mark]]) -> Iterator[Run]:
    active: list[Mark] = []
    for start, end in pairwise([*edges, len(text)]):
        here = starting[start]
        yield from (Run("", mark.name, mark.link) for mark in here if mark.end == start)
        active = [mark for mark in (*active, *here) if mark.end > start]
        if end > start:
            yield _run(text[start:end], active)


def _run(text: str, active: list[Mark]) -> Run:
    if len(active) < 2:
        return Run(text, active[0].name, active[0].link) if active else Run(text)
    names = dict.fromkeys(mark.name for mark in active if mark.name)
    links = dict.fromkeys(mark.link for mark in active if mark.link)
    return Run(text, " ".join(names), " ".join(links))


def _clip(mark: Mark, length: int) -> Mark:
    start = min(max(mark.start, 0), length)
    return mark._replace(start=start, end=min(max(mark.end, start), length))
