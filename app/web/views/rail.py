"""The rail beside the trace: every step as a link, as long as its text, with what waits in it.

Promises: an item for each step of the path, in order, whose size stands to the others' as its
tokens do, to a step of the scale. It says in words what its colours show.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.core.language import _, translated
from app.web.marked import Mark
from app.web.views.steps import StepView
from app.web.views.workbench import Tone


@dataclass(frozen=True)
class RailItem:
    """A step in the rail: `names` are classes, `step` counts as people do."""

    step: int
    names: str
    words: str


def rail_of(
    steps: Iterable[StepView], marks: Mapping[int, Sequence[Mark]], grade: Tone
) -> Iterator[RailItem]:
    """The items of a path; `marks` are the evidence and places of open proposals by step."""
    for step in steps:
        for each in (step, *step.outputs):
            said = dict(_said(each, marks.get(each.index, ()), grade))
            words = ", ".join(filter(None, said.values()))
            yield RailItem(each.index + 1, " ".join(said), words)


def _said(step: StepView, marks: Sequence[Mark], grade: Tone) -> Iterator[tuple[str, str]]:
    """Classes, each with what it says in words, "" where another says it."""
    yield (
        f"of-{step.kind}",
        _("Step %(number)s: %(kind)s", number=step.index + 1, kind=translated(step.kind)),
    )
    yield f"size-{step.size}", ""
    if step.error:
        yield "error", _("error")
    if step.kind == "answer":
        yield grade, ""
    for name in dict.fromkeys(mark.name for mark in marks):
        if name == "cut":
            yield "open", _("an open hint would stand here")
        else:
            yield f"flawed {name.split()[-1]}", _("a flaw is proposed here")
