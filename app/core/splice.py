"""Cutting a path and putting a hint there: the one way, for browser, worker and export alike.

Promises: a cut and a hint never change what is before the cut, not even by a byte; a hint stands in
the thinking, never inside Code or Output, never after the thinking has ended. Only the step that a
cut goes through loses its token ids: it is tokenised anew, and nothing else is.
"""

import re
from collections.abc import Sequence
from typing import TypeVar

from app.core.errors import Refused
from app.core.fences import THINK_START, ends_thinking, open_fence, open_fence_at
from app.core.language import _, translated
from app.core.trace import Author, Cut, Step, StepLike

Path = Sequence[Step]
S = TypeVar("S", bound=StepLike)
_SENTENCE_END = re.compile(r"(?<=[.!?:])\s+|\n+\s*")


def before(path: Sequence[S], cut: Cut) -> tuple[S, ...]:
    """The steps before a cut; a step that the cut goes through keeps its first `offset` characters.

    Raises Refused where the cut is outside the path.
    """
    if cut.step > len(path) or (cut.offset and cut.step == len(path)):
        raise Refused(_("This place is not in the trace."))
    whole = tuple(path[: cut.step])
    if not cut.offset:
        return whole
    step = path[cut.step]
    if cut.offset > len(step.text):
        raise Refused(_("This place is not in the trace."))
    return (*whole, _first(step, cut.offset))


def after(path: Path, cut: Cut) -> str:
    """The text that a cut leaves on the old branch."""
    rest = "".join(step.text for step in path[cut.step :])
    return rest[cut.offset :]


def cut_refusal(path: Path, cut: Cut) -> str | None:
    """Why no hint can stand at this cut, or None where one can."""
    try:
        kept = before(path, cut)
    except Refused as refused:
        return str(refused)
    if ends_thinking(kept):
        return _("A hint stands in the thinking, and here the answer has begun.")
    if not (cut.step or cut.offset) and _opening(path):
        return _("A hint stands in the thinking, and here it has not begun.")
    inside = cut.offset and cut.offset < len(path[cut.step].text)
    if inside and path[cut.step].kind != "thought":
        return _("A hint can't stand inside %(kind)s.", kind=translated(path[cut.step].kind))
    if kept and kept[-1].kind == "code" and not _passed(path, len(kept)):
        return _("A hint goes after the output of code; where it has none, before the code.")
    if kept and open_fence(kept[-1].text) is not None:
        return _("A hint can't stand inside a fenced block.")
    return None


def default_cut(path: Path, step: int, offset: int = 0) -> Cut:
    """Where a hint for a flaw at `offset` of `step` stands unless a person moves it.

    The start of the flawed sentence, or of the fenced block that it is in; for code, after its
    output, or before it where that never came; for an answer, before it.
    """
    kind = path[step].kind
    if kind in ("code", "output"):
        at = step + 1
        while at < len(path) and path[at].kind == "output":
            at += 1
        return Cut(step=at if kind == "output" or _passed(path, at) else step)
    if kind == "thought":
        start = sentence_start(path[step].text, offset)
        fence = open_fence_at(path[step].text[:start])
        start = start if fence is None else fence
        return Cut(step=step, offset=max(start, _opening(path) if step == 0 else 0))
    return Cut(step=step)


def sentence_start(text: str, offset: int) -> int:
    """Where the sentence that holds `offset` begins; a line break ends a sentence too."""
    starts = sentence_starts(text, max(offset, 0))
    return min(starts[-1], offset)


def sentence_starts(text: str, end: int | None = None) -> list[int]:
    """Where sentences begin in `text`, or in what is before `end`; the first is 0."""
    stop = len(text) if end is None else end
    return [0, *(found.end() for found in _SENTENCE_END.finditer(text, 0, stop))]


def hint_step(kept: Path, words: str, author: Author) -> Step:
    """The Hint step for `words` after the steps `kept`: on a line of its own.

    A hint after a blank line gets one behind it too, so that a paragraph stays a paragraph.
    """
    text = "".join(step.text for step in kept[-2:])
    lead = "" if not text or text.endswith("\n") else "\n"
    tail = "\n\n" if not text or text.endswith("\n\n") else "\n"
    return Step(kind="hint", author=author, text=f"{lead}{words.rstrip()}{tail}")


def insert_hint(path: Path, cut: Cut, words: str, author: Author) -> tuple[Step, ...]:
    """The path up to the cut with the hint behind it. Raises Refused where no hint can stand."""
    reason = cut_refusal(path, cut)
    if reason:
        raise Refused(reason)
    kept = before(path, cut)
    return (*kept, hint_step(kept, words, author))


def _passed(path: Path, at: int) -> bool:
    """Whether the code before `at` is over there: its output came, or it was left without one."""
    if path[at - 1].kind != "code":
        return True
    closed = open_fence(path[at - 1].text) is None
    return closed and at < len(path) and path[at].kind != "output"


def _opening(path: Path) -> int:
    """How many characters the path spends on opening the thinking."""
    text = path[0].text if path else ""
    for tag in (f"{THINK_START}\n", THINK_START):
        if text.startswith(tag):
            return len(tag)
    return 0


def _first(step: S, length: int) -> S:
    if length == len(step.text):
        return step
    return step.changed(text=step.text[:length], token_ids=None, tokens=None)
