"""The steps of a path as people read them, with evidence and places marked.

Promises: what is shown of a step is an unbroken stretch of its text that begins at `offset`, so
that a selection in the page is a selection in the step; fences and white space at the ends are left
out. Outputs stand under their code, with what the sandbox saw.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup

from app.core.budget import tokens_of
from app.core.execution import Execution
from app.core.fences import THINK_END
from app.core.language import N_, _, translated
from app.core.outputs import has_note, same_output
from app.core.proposal import Proposal
from app.core.trace import Step
from app.db.tables import ExecutionRow, StepRow
from app.web.marked import Mark, Run, runs
from app.web.typeset import Text, code, controls, place, prose
from app.web.views.desk import Desk
from app.web.views.facts import Chip, chips_of, holds

SIZES = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128)
"""How long a step may be for the page, which has no inline styles but a class for each."""
_UNIT = 25
"""Tokens of the smallest size."""
_GHOST = Markup(
    '<span class="ghost" data-says="{stands}">{words}</span><span class="anew">{anew}</span>'
)
_ERROR_LINE = re.compile(r"^(?:Traceback \(most recent call last\)|\w*(?:Error|Exception)\b)", re.M)

_DONE = {
    "written": N_("written by %(name)s"),
    "edited": N_("edited by %(name)s"),
    "accepted": N_("accepted by %(name)s"),
}


@dataclass(frozen=True)
class StepView:
    """A step. `index` counts from 0 as the core does, people read `index + 1`.

    `text` is what is typeset, `code` a program, `runs` an output; `flaws` are marked in it, `whole`
    is a flaw that is about all of it. `before` are the places of hints that would stand before it;
    `again` are outputs of other executions of the same code that differ from the recorded one;
    `source` is what is read of it, as text; `noted` outputs have a long line to the model. It
    `holds` where all that it claims was found again; `fold` stands for it.
    """

    index: int
    row_id: int
    kind: str
    offset: int
    tokens: int
    text: Text | None = None
    runs: tuple[Run, ...] = ()
    code: Markup | None = None
    flaws: tuple[Mark, ...] = ()
    before: tuple[Markup, ...] = ()
    mark: str | None = None
    error: bool = False
    noted: bool = False
    label: str = ""
    outputs: tuple["StepView", ...] = ()
    chips: tuple[Chip, ...] = ()
    again: tuple[str, ...] = ()
    executable: bool = False
    executing: bool = False
    whole: Mark | None = None
    source: str = ""
    holds: bool = False
    fold: str = ""

    @property
    def size(self) -> int:
        """The one of `SIZES` that comes next to its length."""
        return SIZES[min(bisect_left(SIZES, self.tokens / _UNIT), len(SIZES) - 1)]


def step_views(desk: Desk, marks: dict[int, list[Mark]]) -> Iterator[StepView]:
    """The path's steps in order, each output under the code before it; `marks` are by step."""
    return _grouped(_each(desk, marks))


def shown_span(step: Step) -> tuple[int, int]:
    """The stretch of a step's text that people read."""
    start, end = 0, len(step.text)
    if step.kind in ("code", "output") and "\n" in step.text:
        return _within_fences(step.text)
    if step.kind == "answer" and step.text.startswith(THINK_END):
        start = len(THINK_END)
    shown = step.text[start:]
    start += len(shown) - len(shown.lstrip())
    return start, max(start, end - (len(shown) - len(shown.rstrip())))


def _within_fences(text: str) -> tuple[int, int]:
    """The stretch behind the first line, and before the closing fence where there is one."""
    start = text.index("\n") + 1
    body = text[start:].rstrip(" \t\n")
    if not body.endswith("```"):
        return start, len(text)
    body = body.removesuffix("```").rstrip(" \t").removesuffix("\n")
    return start, start + len(body)


def marks_of(desk: Desk) -> dict[int, list[Mark]]:
    """Evidence and places of the open proposals, by the step they are in; offsets of its text."""
    marks: dict[int, list[Mark]] = defaultdict(list)
    for row in desk.facts.open_proposals:
        proposal, link = Proposal.model_validate(row.proposal), str(row.id)
        name = f"flaw {desk.flaw(row.flaw).group}"
        for evidence in proposal.evidence:
            marks[evidence.step].append(Mark(evidence.start, evidence.end, name, link))
        marks[proposal.cut.step].append(Mark(proposal.cut.offset, proposal.cut.offset, "cut", link))
    return marks


def ghosts_of(desk: Desk) -> dict[str, Markup]:
    """What is shown of each open proposal where its hint would stand, by the link of its place."""
    return {
        str(row.id): _GHOST.format(
            words=row.proposal["words"], stands=_("would stand here"), anew=_("will be regenerated")
        )
        for row in desk.facts.open_proposals
    }


def _each(desk: Desk, marks: dict[int, list[Mark]]) -> Iterator[StepView]:
    by_step: dict[int, list[ExecutionRow]] = defaultdict(list)
    for execution in desk.executions:
        by_step[execution.step_id].append(execution)
    hints, ghosts = 0, ghosts_of(desk)
    for index, (step, row) in enumerate(desk.located):
        hints += step.kind == "hint"
        view = _step(index, step, row, marks[index], ghosts)
        if step.kind == "code":
            view = _executed(desk, view, index, by_step[row.id])
        elif step.kind == "hint":
            view = replace(view, label=_hint_label(desk, row, hints))
        yield view


def _step(
    index: int, step: Step, row: StepRow, marks: Sequence[Mark], ghosts: Mapping[str, Markup]
) -> StepView:
    start, end = shown_span(step)
    text = step.text[start:end]
    moved = [mark._replace(start=mark.start - start, end=mark.end - start) for mark in marks]
    return StepView(
        index=index,
        row_id=row.id,
        kind=step.kind,
        offset=start,
        tokens=tokens_of(step),
        mark=step.mark,
        source=text,
        error=step.kind == "output" and bool(_ERROR_LINE.search(text)),
        noted=step.kind == "output" and has_note(step.text),
        **_shown(step.kind, text, moved, ghosts),
    )


def _shown(
    kind: str, text: str, marks: Sequence[Mark], ghosts: Mapping[str, Markup]
) -> dict[str, Any]:
    """The fields of a view that hold what is read of the step; `marks` are of this stretch."""
    places = [mark.link for mark in marks if mark.name == "cut"]
    if kind == "thought":
        return {"text": prose(text, tuple(marks), tuple((link, ghosts[link]) for link in places))}
    flaws = [mark for mark in marks if mark.name != "cut"]
    return {
        "before": tuple(place(link, ghosts[link]) for link in places),
        **_other(kind, text, flaws),
    }


def _other(kind: str, text: str, flaws: Sequence[Mark]) -> dict[str, Any]:
    """The same of a step that is no thought: no hint can stand inside it."""
    if kind == "output":
        return {"runs": tuple(runs(text, [*flaws, *controls(text)]))}
    if kind != "code":
        return {"text": prose(text, tuple(flaws))}
    whole = [mark for mark in flaws if mark.start <= 0 < len(text) <= mark.end]
    here = tuple(mark for mark in flaws if mark not in whole)
    return {"whole": _joined(whole), "flaws": here, "code": code(text, here, None)}


def _joined(marks: Sequence[Mark]) -> Mark | None:
    """Marks of the same stretch as one."""
    links = " ".join(mark.link for mark in marks)
    return marks[0]._replace(link=links) if marks else None


def _hint_label(desk: Desk, row: StepRow, number: int) -> str:
    """Which hint it is, and who is behind it."""
    judgement = next((each for each in desk.judgements if each.branch_id == row.branch_id), None)
    proposal = next((each for each in desk.proposals if each.id == row.proposal_id), None)
    name = _("Hint %(number)s", number=number)
    if proposal is None:
        return f"{name} · {translated(row.author)}"
    source, flaw = Proposal.model_validate(proposal.proposal).source, desk.flaw(proposal.flaw)
    title = translated(flaw.title)
    if judgement is None:
        return " · ".join((name, title, _("tried")))
    own = source.kind == "person" and judgement.decision == "accept"
    done = "written" if own else "edited" if judgement.decision == "edit" else "accepted"
    return " · ".join((name, title, _(_DONE[done], name=desk.name_of(judgement.actor))))


def _grouped(steps: Iterator[StepView]) -> Iterator[StepView]:
    """Outputs put under the code before them."""
    code: StepView | None = None
    for step in steps:
        if step.kind == "output" and code is not None:
            code = replace(code, outputs=(*code.outputs, step))
            continue
        if code is not None:
            yield code
        code = step if step.kind == "code" else None
        if code is None:
            yield step
    if code is not None:
        yield code


def _executed(desk: Desk, view: StepView, index: int, rows: Sequence[ExecutionRow]) -> StepView:
    """A Code step with what its executions showed: the recorded one, and others that differ."""
    following = desk.path[index + 1] if index + 1 < len(desk.path) else None
    recorded = following if following and following.kind == "output" else None
    foreign = recorded is not None and recorded.mark in ("forged", "imported")
    executing = any(job.kind == "check" and job.step_id == view.row_id for job in desk.jobs)
    view = replace(view, executing=executing, executable=foreign and desk.may_judge)
    if not rows:
        return view
    solves = {row.number: row for row in desk.solves if row.execution_id == rows[-1].id}
    runs_ = [Execution.model_validate(row.execution) for row in rows]
    newest = runs_[-1]
    failing = newest.exception.line if newest.exception else None
    again = [run.output for run in runs_ if recorded and _differs(recorded, run)]
    return replace(
        view,
        code=code(view.source, view.flaws, failing),
        chips=tuple(chips_of(newest, solves, desk.examinations)),
        again=tuple(dict.fromkeys(again)),
        holds=recorded is not None and not again and holds(newest, solves, desk.examinations),
    )


def _differs(recorded: Step, run: Execution) -> bool:
    return recorded.mark is not None or not same_output(recorded.text, run)
