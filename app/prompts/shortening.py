"""Making a path's text short enough for a model's context, and saying what was left out.

What gives way first is what tells least: outputs, then all thoughts but the last, then all programs
but the last, then everything. Of a text that gives way the head and the tail stay, two thirds and
one, with a marked line between that counts what is gone; all of one kind give way down to the same
length, and only as far as needed. No step is ever left out.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from app.core.trace import Step, StepKind

_FLOOR = 160
"""Characters: no text gets shorter."""


class Shortened(NamedTuple):
    """The steps' texts, and what was left out of them, in words ("" for nothing)."""

    texts: list[str]
    left_out: str


def shortened(path: Sequence[Step], most: int | None, mark: str) -> Shortened:
    """The texts in at most `most` bytes, as far as that is possible; None is no limit."""

    def texts(lengths: Sequence[int]) -> list[str]:
        return [_cut(step.text, most, mark) for step, most in zip(path, lengths, strict=True)]

    def fits(lengths: Sequence[int]) -> bool:
        return most is None or sum(map(size, texts(lengths))) <= most

    lengths = [len(step.text) for step in path]
    for group in _groups(path):
        if not fits(lengths):
            lengths = _fitted(lengths, frozenset(group), fits)
    return Shortened(texts(lengths), _told(path, lengths))


def size(text: str) -> int:
    """Bytes, as they are sent."""
    return len(text.encode("utf-8", "replace"))


def _groups(path: Sequence[Step]) -> list[list[int]]:
    def of(kind: StepKind) -> list[int]:
        return [at for at, step in enumerate(path) if step.kind == kind]

    return [of("output"), of("thought")[:-1], of("code")[:-1], list(range(len(path)))]


def _fitted(
    lengths: list[int], group: frozenset[int], fits: Callable[[list[int]], bool]
) -> list[int]:
    """Lengths with those of a group as long as fits, and all the same where they gave way."""

    def at_most(longest: int) -> list[int]:
        return [min(was, longest) if at in group else was for at, was in enumerate(lengths)]

    low, high = _FLOOR, max((lengths[at] for at in group), default=_FLOOR)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(at_most(middle)) else (low, middle - 1)
    return at_most(low)


def _cut(text: str, length: int, mark: str) -> str:
    gone = len(text) - length
    if gone <= 0:
        return text
    head = length * 2 // 3
    return f"{text[:head]}\n{mark} {gone:,} characters left out here\n{text[head + gone :]}"


def _told(path: Sequence[Step], lengths: Sequence[int]) -> str:
    cut = [at for at, step in enumerate(path, 1) if lengths[at - 1] < len(step.text)]
    if not cut:
        return ""
    steps = f"step{'s' * (len(cut) > 1)} {', '.join(map(str, cut))}"
    return f"only the beginning and the end of {steps} were shown"
