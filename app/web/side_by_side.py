"""Two paths side by side, word for word: where they are the same, and where each goes its own way.

Promises: joining the parts of a side gives its text back, to the code point; steps of the same kind
stand beside each other, in order. The work is bounded, for all rows together: rapidfuzz compares in
time that grows with the product of the lengths, and what is too long for words, or comes when the
budget is spent, is compared by lines, or not at all; its row says so.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from rapidfuzz.distance import Indel, Levenshtein, Postfix, Prefix

from app.core.trace import Cut, Step

Unit = Literal["words", "lines", "whole"]
"""What is compared of two texts."""
_WORD = re.compile(r"\w+\s*|[^\w\s]\s*|\s+")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
MOST = 10**9
"""The sum of products of two lengths that are compared, about half a second."""

_Behind = tuple[int, Step, str]
"""A step behind the cut: its index, the step, and what of its text stands there."""


class Parted(NamedTuple):
    """Two texts in parts that both have and parts that one has alone, and what that took."""

    left: tuple["Part", ...]
    right: tuple["Part", ...]
    unit: Unit
    cost: int


class Part(NamedTuple):
    """A stretch of a step's text; `same` where the other side has it too."""

    text: str
    same: bool


@dataclass(frozen=True)
class Side:
    """A step, or what of it stands behind the cut; `index` counts from 0 as the path does."""

    index: int
    step: Step
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Row:
    """A step of each path beside the other, or of one alone."""

    left: Side | None
    right: Side | None
    unit: Unit = "words"

    @property
    def same(self) -> bool:
        """Whether both sides are alike to the last word."""
        sides = (self.left, self.right)
        return all(side and all(part.same for part in side.parts) for side in sides)


def common_start(left: Sequence[Step], right: Sequence[Step]) -> Cut:
    """Up to where two paths are the same: whole steps, and whole words of the one they part in."""
    pairs = zip(left, right, strict=False)
    alike = [(one.kind, one.text) == (two.kind, two.text) for one, two in pairs]
    at = alike.index(False) if False in alike else len(alike)
    if at == min(len(left), len(right)) or left[at].kind != right[at].kind:
        return Cut(step=at)
    one, two = left[at].text, right[at].text
    shared = one[: int(Prefix.similarity(one, two))]
    if len(shared) < min(len(one), len(two)):
        shared = re.sub(r"\S+$", "", shared)
    return Cut(step=at, offset=len(shared))


def rows_from(left: Sequence[Step], right: Sequence[Step], start: Cut) -> list[Row]:
    """What stands behind their common start, step beside step."""
    one, two = list(_behind(left, start)), list(_behind(right, start))
    return list(_beside(one, two))


def _behind(path: Sequence[Step], start: Cut) -> Iterator[_Behind]:
    for index, step in enumerate(path[start.step :], start.step):
        text = step.text[start.offset :] if index == start.step else step.text
        if text:
            yield index, step, text


def _beside(one: list[_Behind], two: list[_Behind]) -> Iterator[Row]:
    left, kinds = MOST, [[step.kind for _, step, _ in side] for side in (one, two)]
    for op in Indel.opcodes(*kinds):
        ours, theirs = one[op.src_start : op.src_end], two[op.dest_start : op.dest_end]
        if op.tag == "equal":
            for each, other in zip(ours, theirs, strict=True):
                found = parted(each[2], other[2], left)
                left -= found.cost
                yield _row(each, other, found)
            continue
        yield from (Row(_alone(*each), None) for each in ours)
        yield from (Row(None, _alone(*each)) for each in theirs)


def _row(one: _Behind, two: _Behind, found: Parted) -> Row:
    return Row(Side(*one[:2], found.left), Side(*two[:2], found.right), found.unit)


def _alone(index: int, step: Step, text: str) -> Side:
    return Side(index, step, (Part(text, False),))


def parted(one: str, two: str, most: int) -> Parted:
    """Two texts compared, in the smallest unit that takes no more than `most`."""
    left, right, unit, cost = _pieces(one, two, most)
    parts: tuple[list[Part], list[Part]] = ([], [])
    ops = list(Levenshtein.opcodes(left, right))
    for at, op in enumerate(ops):
        # A word between two changes is the same by chance, and would only make them hard to read.
        lonely = 0 < at < len(ops) - 1 and op.src_end - op.src_start == 1
        same = op.tag == "equal" and not lonely
        _add(parts[0], "".join(left[op.src_start : op.src_end]), same)
        _add(parts[1], "".join(right[op.dest_start : op.dest_end]), same)
    return Parted(tuple(parts[0]), tuple(parts[1]), unit, cost)


def _add(parts: list[Part], text: str, same: bool) -> None:
    if parts and parts[-1].same == same:
        text = parts.pop().text + text
    if text:
        parts.append(Part(text, same))


def _pieces(one: str, two: str, most: int) -> tuple[list[str], list[str], Unit, int]:
    """Words, or lines where there are too many words, or all in one where it is lines too."""
    units: dict[Unit, re.Pattern[str]] = {"words": _WORD, "lines": _LINE}
    for unit, pattern in units.items():
        left, right = pattern.findall(one), pattern.findall(two)
        cost = _cost(left, right)
        if cost <= most:
            return left, right, unit, cost
    return [one], [two], "whole", 0


def _cost(left: Sequence[str], right: Sequence[str]) -> int:
    """The product of the lengths, but for what both begin and end with."""
    shared = min(
        int(Prefix.similarity(left, right) + Postfix.similarity(left, right)),
        *(len(left), len(right)),
    )
    return (len(left) - shared) * (len(right) - shared)
