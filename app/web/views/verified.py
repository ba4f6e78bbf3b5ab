"""Which steps need no second look, and so are folded: what each is, in one line.

A program is verified where the sandbox executed it, it ended well and printed what the trace
says, and each model that it solved was solved again with what the program claims. Any step but a
hint or the answer is, for the person who decided on a hint behind it: they read what was before.
Nothing that an open proposal is about is ever folded.
"""

from collections.abc import Mapping, Sequence

from app.core.language import _, ngettext
from app.web.marked import Mark
from app.web.views.desk import Desk
from app.web.views.steps import StepView

_SHOWN = 60


def read_until(desk: Desk) -> int:
    """The step of the last hint that this person decided on and that stands; 0 for none."""
    mine = {
        each.branch_id
        for each in desk.judgements
        if each.user_id == desk.actor.id and not each.undone_at
    }
    hints = [
        at
        for at, (step, row) in enumerate(desk.located)
        if step.kind == "hint" and row.branch_id in mine
    ]
    return hints[-1] if hints else 0


def folded(view: StepView, marks: Mapping[int, Sequence[Mark]], read: int) -> str:
    """The line that stands for a step, "" where it is shown."""
    touched = any(marks.get(each.index) for each in (view, *view.outputs))
    before = view.index < read and view.kind not in ("hint", "answer")
    if touched or not (before or view.holds):
        return ""
    said = _("verified") if view.holds else _("read before your hint")
    return f"{_what(view)} · {said}"


def _what(view: StepView) -> str:
    if view.kind != "code":
        return _short(view.source)
    lines = ngettext("%(num)s line of code", "%(num)s lines of code", _lines(view))
    said = [chip.text for chip in view.chips[:2]]
    printed = [_short(each.source) for each in view.outputs[:1] if each.source.strip()]
    return " · ".join([lines, *said, *printed])


def _lines(view: StepView) -> int:
    return view.source.count("\n") + 1


def _short(text: str) -> str:
    words = " ".join(text[: 4 * _SHOWN].split())
    return f"{words[:_SHOWN].rstrip()}…" if len(words) > _SHOWN else words
