"""The Intervener that proposes the hints of the recordings, whose continuations are recorded too.

It knows nothing of a path that left the recordings, and says so by an empty review.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from app.backends.interveners.base import Review, ignore_note, ignore_usage
from app.backends.reasoners.base import Usage
from app.backends.reasoners.recordings import (
    EXAMPLES,
    RecordedHint,
    Recording,
    Script,
    load,
    remainder,
    script_of,
    scripts,
)
from app.core.case import Case
from app.core.proposal import Evidence, Proposal, Source
from app.core.trace import Cut, Step

_NOTE = "A person put the recorded hint here."


def make(config: Mapping[str, Any], key: str = "") -> "Recorded":
    """A Recorded over `config["folder"]` (by default the examples). There is no use for a key."""
    return Recorded(load(Path(config.get("folder") or EXAMPLES)))


class Recorded:
    """Proposes the next recorded hint of a path that has followed a recording so far."""

    name = "recorded"

    def __init__(self, recordings: Sequence[Recording]) -> None:
        self.recordings = tuple(recordings)

    def review(
        self,
        case: Case,
        on_usage: Callable[[Usage], None] = ignore_usage,
        on_note: Callable[[str], None] = ignore_note,
    ) -> Review:
        """The next recorded hint where there is one, else nothing."""
        found = (_proposal(case, hint, length) for hint, length in self._hints(case))
        return tuple(proposal for proposal in found if case.allows(proposal))[:1]

    def _hints(self, case: Case) -> Iterator[tuple[RecordedHint, int]]:
        """The hints that came next, and how much of the path's last stretch stands before each."""
        so_far = script_of(case.path)
        for recording in self.recordings:
            if recording.question.strip() != case.problem.question.strip():
                continue
            for played, script in scripts(recording):
                rest = _rest_after_hint(script, so_far)
                if played.hint and rest is not None:
                    yield played.hint, len(so_far.texts[-1]) - len(rest)


def _rest_after_hint(script: Script, so_far: Script) -> str | None:
    """What `so_far` has behind the place of the last hint of `script`; None where they differ."""
    before_hint = Script(script.texts[:-1], script.hints[:-1])
    return remainder(so_far, before_hint) if script.hints else None


def _proposal(case: Case, hint: RecordedHint, length: int) -> Proposal:
    cut = _cut(case.path, length)
    return Proposal(
        flaw=hint.flaw,
        evidence=(_evidence(case.path, cut),),
        cut=cut,
        words=hint.text.rstrip(),
        source=Source(kind="recording", name=hint.author),
    )


def _cut(path: Sequence[Step], length: int) -> Cut:
    """The place behind `length` authored characters that follow the path's last hint.

    At a border between two steps it is before the later one, so behind any output between them.
    """
    hints = [at for at, step in enumerate(path) if step.kind == "hint"]
    for at in range(hints[-1] + 1 if hints else 0, len(path)):
        if path[at].kind != "output":
            if length < len(path[at].text):
                return Cut(step=at, offset=length)
            length -= len(path[at].text)
    return Cut(step=len(path))


def _evidence(path: Sequence[Step], cut: Cut) -> Evidence:
    """The line that the hint stands before, or the code whose output it stands behind."""
    codes = [at for at in range(cut.step) if path[at].kind == "code"]
    if (
        codes
        and not cut.offset
        and all(step.kind == "output" for step in path[codes[-1] + 1 : cut.step])
    ):
        return _span(codes[-1], 0, len(path[codes[-1]].text))
    text = path[cut.step].text
    end = text.find("\n", cut.offset)
    return _span(cut.step, cut.offset, len(text) if end < 0 else end)


def _span(step: int, start: int, end: int) -> Evidence:
    return Evidence(step=step, start=start, end=end, note=_NOTE)
