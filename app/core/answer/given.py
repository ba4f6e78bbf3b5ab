"""The answer that a path gives: its last box, read.

Where the thinking ended with `</think>`, only a box after it counts; an answer that stayed inside
`<think>` is none. Without think tags the last box counts. A box in a code or output block is no
answer, whoever wrote the block; an empty box and one that never closes are passed over.
"""

import re
from decimal import Decimal
from typing import Literal

from app.core.answer.reading import read_outcome, read_quantity
from app.core.fences import THINK_END, split_text
from app.core.model import Frozen

THINK_START = "<think>"
_BRACE = re.compile(r"\\boxed\s?\{|\\.|[{}]", re.DOTALL)


class Answer(Frozen):
    """An answer as written (`text`) and as read.

    `value` is set for a number, a percentage divided by 100; the kind `text` can't be graded.
    `percent` says that it was written as a percentage. `span` is where the text stands in the
    path's text, in characters, if it came from a box.
    """

    kind: Literal["number", "infeasible", "unbounded", "no-optimum", "text"]
    value: Decimal | None = None
    percent: bool = False
    text: str
    span: tuple[int, int] | None = None


def find_answer(text: str) -> Answer | None:
    """The answer in the text of a path, or None where it gives none."""
    span = _last_box(text)
    return parse_answer(text[slice(*span)], span) if span else None


def parse_answer(text: str, span: tuple[int, int] | None = None) -> Answer:
    """Read what stands in a box, or what a solver's log gave as the solution."""
    if quantity := read_quantity(text):
        return Answer(
            kind="number",
            value=quantity.value,
            percent=quantity.percent,
            text=text,
            span=span,
        )
    return Answer(kind=read_outcome(text) or "text", text=text, span=span)


def _last_box(text: str) -> tuple[int, int] | None:
    """Where the content of the box that counts begins and ends."""
    pieces = split_text(text)
    ended = any(piece.kind == "answer" and piece.text.startswith(THINK_END) for piece in pieces)
    counted = ("answer",) if ended else ("answer", "thought")
    prose = [piece.text for piece in pieces if piece.kind in counted]
    if not ended and any(THINK_START in part for part in prose):
        return None
    end = len(text)
    for piece in reversed(pieces):
        start = end - len(piece.text)
        if piece.kind in counted and (box := _box_in(piece.text)):
            return start + box[0], start + box[1]
        end = start
    return None


def _box_in(text: str) -> tuple[int, int] | None:
    """The last balanced box that is not empty, in one pass."""
    last: tuple[int, int] | None = None
    opened: list[int | None] = []
    for brace in _BRACE.finditer(text):
        if brace[0] == "{":
            opened.append(None)
        elif brace[0].startswith("\\boxed"):
            opened.append(brace.end())
        elif brace[0] == "}" and opened:
            start = opened.pop()
            later = start is not None and (last is None or start > last[0])
            if start is not None and later and text[start : brace.start()].strip():
                last = start, brace.start()
    return last
