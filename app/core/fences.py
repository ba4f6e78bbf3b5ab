"""From text to steps, at the fences that the Reasoner and the sandbox write.

Promises: joining the pieces gives the text back, to the byte, for any text; time is linear in its
length. A Code piece runs from its ```` ```python ```` line to its closing line, an Output piece
from ```` ```output ```` to its closing line. Other fences stay in the thought around them.

The first `</think>` outside code and output ends the thinking: what follows is the answer. Without
think tags everything before the final answer is thinking, and the answer begins with the paragraph
of the last box after the last fence (DESIGN, section 3).
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from app.core.trace import Step, StepKind

THINK_START = "<think>"
THINK_END = "</think>"
PYTHON = frozenset({"python", "python3", "py"})
_FENCE = re.compile(r"^[ \t]*```[ \t]*+([^\s`]*+)[^`\n]*+$")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_OUTPUT_END = re.compile(r"^```[ \t\r]*$")


class Piece(NamedTuple):
    """A stretch of text and the kind of step that it is."""

    kind: StepKind
    text: str


def split_text(text: str, *, finished: bool = True, answering: bool = False) -> list[Piece]:
    """Split `text` into pieces; empty text gives none.

    `finished` says that the Reasoner has ended, so that an answer without think tags can be told
    from thinking. `answering` says that the thinking ended before this text began.
    """
    pieces: list[Piece] = []
    tagged = answering
    for kind, chunk in _fenced(text):
        if kind != "thought":
            pieces.append(Piece(kind, chunk))
            continue
        head, mark, tail = ("", "", chunk) if tagged else chunk.partition(THINK_END)
        if head:
            pieces.append(Piece("thought", head))
        if mark or (tagged and tail):
            tagged = True
            pieces.append(Piece("answer", mark + tail))
    if finished and not tagged:
        pieces[-1:] = _split_answer(pieces[-1]) if pieces else []
    return pieces


def open_fence(text: str) -> str | None:
    """The language of the fence that `text` leaves open ("" where it names none), or None."""
    language: str | None = None
    for line in text.split("\n"):
        language = fence_after(language, line)
    return language


def open_fence_at(text: str) -> int | None:
    """Where the fence that `text` leaves open begins, or None."""
    language: str | None = None
    at = begins = 0
    for line in text.split("\n"):
        before, language = language, fence_after(language, line)
        begins = at if before is None else begins
        at += len(line) + 1
    return None if language is None else begins


def fence_after(language: str | None, line: str) -> str | None:
    """The language of the fence that is open after one more line, given what was open before.

    None where none is; `line` comes without its line break.
    """
    found = _FENCE.match(line)
    if language is None:
        return found.group(1).lower() if found else None
    if language == "output":
        return None if _OUTPUT_END.match(line) else language
    return None if found and not found.group(1) else language


def ends_thinking(steps: Sequence[Step]) -> bool:
    """Whether a path has left its thinking: it has an answer step."""
    return any(step.kind == "answer" for step in steps)


def source_of(code: str) -> str:
    """The program inside a Code step's text: its lines without the two fence lines."""
    lines = _LINE.findall(code)[1:]
    if lines and lines[-1].strip() == "```":
        lines = lines[:-1]
    return "".join(lines)


def frame_output(output: str) -> str:
    """The text of the Output step for what a program printed.

    A printed line that looks like a fence is moved one column in, so that no program can close its
    own output block.
    """
    body = re.sub(r"^```", " ```", output, flags=re.MULTILINE)
    return f"```output\n{body}{'' if body.endswith(chr(10)) or not body else chr(10)}```\n"


def _fenced(text: str) -> Iterator[Piece]:
    """Text in order, cut before each code or output fence and after its closing line."""
    language: str | None = None
    start = at = 0
    for line in _LINE.findall(text):
        before, language = language, fence_after(language, line.rstrip("\n"))
        if before is None and _kind(language) != "thought" and at > start:
            yield Piece("thought", text[start:at])
            start = at
        at += len(line)
        if language is None and _kind(before) != "thought":
            yield Piece(_kind(before), text[start:at])
            start = at
    if start < len(text):
        yield Piece(_kind(language), text[start:])


def _kind(language: str | None) -> StepKind:
    if language in PYTHON:
        return "code"
    return "output" if language == "output" else "thought"


def _split_answer(last: Piece) -> list[Piece]:
    """A final thought cut where the paragraph of its last box begins."""
    box = last.text.rfind("\\boxed")
    if last.kind != "thought" or box < 0:
        return [last]
    start = last.text.rfind("\n\n", 0, box) + 2 if "\n\n" in last.text[:box] else 0
    halves = [Piece("thought", last.text[:start]), Piece("answer", last.text[start:])]
    return [piece for piece in halves if piece.text]
