"""The middle of the workbench: the path as numbered steps, with evidence and places marked.

Promises: what is shown of a step is an unbroken stretch of its text that begins at `offset`, so
that a selection in the page is a selection in the step; fences and white space at the ends are left
out. Outputs stand under their code, with what the sandbox saw.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from app.core.answer import Grade
from app.core.budget import tokens_of
from app.core.execution import Execution, Isolation, Solve
from app.core.fences import THINK_END
from app.core.outputs import same_output
from app.core.proposal import Proposal
from app.core.trace import FAILURES, OUTCOMES, Step
from app.core.waiting import waiting_words
from app.db.tables import ExecutionRow, Job, SolveRow, StepRow
from app.web.formulas import formulas
from app.web.highlight import python_marks
from app.web.marked import Mark, Run, lines, runs, widen
from app.web.views.desk import Desk
from app.web.views.model import difference_badge, examination_of
from app.web.views.trials import trial_words
from app.web.views.workbench import Badge, HeadView, Tone, head_view, rule_of

_FENCED = re.compile(r"[^\n]*\n(.*?)(?:\n?[ \t]*```[ \t]*\n?)?\Z", re.DOTALL)
_ERROR_LINE = re.compile(r"^(?:Traceback \(most recent call last\)|\w*(?:Error|Exception)\b)", re.M)


@dataclass(frozen=True)
class Chip:
    """A fact of an execution; `why` says more."""

    text: str
    tone: Tone = "plain"
    why: str = ""


@dataclass(frozen=True)
class Line:
    """A line of code; `failing` is where its execution ended."""

    runs: tuple[Run, ...]
    failing: bool = False


@dataclass(frozen=True)
class StepView:
    """A step. `index` counts from 0 as the core does, people read `index + 1`.

    `whole` is a flaw that is about all of it; `again` are outputs of other executions of the
    same code that differ from the recorded one.
    """

    index: int
    row_id: int
    kind: str
    offset: int
    tokens: int
    runs: tuple[Run, ...] = ()
    lines: tuple[Line, ...] = ()
    mark: str | None = None
    error: bool = False
    label: str = ""
    outputs: tuple["StepView", ...] = ()
    chips: tuple[Chip, ...] = ()
    again: tuple[str, ...] = ()
    executable: bool = False
    executing: bool = False
    whole: Mark | None = None


@dataclass(frozen=True)
class TraceView:
    """The path, how it ended, and whether it goes on.

    `waiting` says what it waits for, "" while it is written; `end_places` are links of hints at its
    end. `trial` says what is read where it is a trial of a hint, begun from the branch `parent`.
    """

    head: HeadView
    steps: tuple[StepView, ...]
    end_places: tuple[Run, ...]
    growing: bool
    waiting: str
    failed: bool
    ending: str
    detail: str
    outcome: str | None
    diverged: bool
    continuation: str
    set_aside: bool
    trial: str
    parent: int | None
    grade: Badge
    rule: str
    answered: bool


def trace_view(desk: Desk) -> TraceView:
    """The whole middle column."""
    branch = desk.branch
    marks = _marks(desk)
    return TraceView(
        head=head_view(desk),
        steps=tuple(_grouped(_steps(desk, marks))),
        end_places=tuple(Run("", mark.name, mark.link) for mark in marks[len(desk.path)]),
        growing=desk.growing,
        waiting=_waiting(desk.facts.job) if desk.growing else "",
        failed=branch.outcome in FAILURES,
        ending=OUTCOMES[branch.outcome] if branch.outcome else "",
        detail=branch.detail,
        outcome=branch.outcome,
        diverged=branch.diverged,
        continuation=str(branch.settings.get("continuation", "")),
        set_aside=branch.set_aside,
        trial=trial_words(desk),
        parent=branch.parent_id,
        grade=grade_badge(desk.facts.grade),
        rule=rule_of(desk.problem.tolerance),
        answered=any(step.kind == "answer" for step in desk.path),
    )


def grade_badge(grade: Grade) -> Badge:
    """The grade with its reason, as it stands beside an answer."""
    if grade.correct is None:
        return Badge(grade.reason, "plain")
    return Badge(grade.reason, "good" if grade.correct else "bad")


def _waiting(job: Job | None) -> str:
    """What a branch that grows waits for, "" where somebody works on it."""
    if job and job.state == "queued" and job.not_before:
        return waiting_words(job.error, job.not_before)
    return "" if job and job.state == "running" else "Waiting for a worker."


def shown_span(step: Step) -> tuple[int, int]:
    """The stretch of a step's text that people read."""
    start, end = 0, len(step.text)
    if step.kind in ("code", "output") and (found := _FENCED.match(step.text)):
        return found.span(1)
    if step.kind == "answer" and step.text.startswith(THINK_END):
        start = len(THINK_END)
    shown = step.text[start:]
    start += len(shown) - len(shown.lstrip())
    return start, max(start, end - (len(shown) - len(shown.rstrip())))


def _marks(desk: Desk) -> dict[int, list[Mark]]:
    """Evidence and places of the open proposals, by the step they are in; offsets of its text."""
    marks: dict[int, list[Mark]] = defaultdict(list)
    for row in desk.facts.open_proposals:
        proposal, link = Proposal.model_validate(row.proposal), str(row.id)
        name = f"flaw {desk.flaw(row.flaw).group}"
        for evidence in proposal.evidence:
            marks[evidence.step].append(Mark(evidence.start, evidence.end, name, link))
        marks[proposal.cut.step].append(Mark(proposal.cut.offset, proposal.cut.offset, "cut", link))
    return marks


def _steps(desk: Desk, marks: dict[int, list[Mark]]) -> Iterator[StepView]:
    by_step: dict[int, list[ExecutionRow]] = defaultdict(list)
    for execution in desk.executions:
        by_step[execution.step_id].append(execution)
    hints = 0
    for index, (step, row) in enumerate(desk.located):
        hints += step.kind == "hint"
        view = _step(index, step, row, marks[index])
        if step.kind == "code":
            view = _executed(desk, view, index, by_step[row.id])
        elif step.kind == "hint":
            view = replace(view, label=_hint_label(desk, row, hints))
        yield view


def _step(index: int, step: Step, row: StepRow, marks: Sequence[Mark]) -> StepView:
    start, end = shown_span(step)
    text = step.text[start:end]
    moved = [mark._replace(start=mark.start - start, end=mark.end - start) for mark in marks]
    whole = [
        mark for mark in moved if step.kind == "code" and mark.start <= 0 < end - start <= mark.end
    ]
    here = [mark for mark in moved if mark not in whole]
    view = StepView(
        index=index,
        row_id=row.id,
        kind=step.kind,
        offset=start,
        tokens=tokens_of(step),
        mark=step.mark,
        error=step.kind == "output" and bool(_ERROR_LINE.search(text)),
        whole=_joined(whole),
    )
    if step.kind == "code":
        cut = lines(runs(text, [*python_marks(text), *here]))
        return replace(view, lines=tuple(Line(tuple(line)) for line in cut))
    found = list(formulas(text)) if step.kind != "output" else []
    return replace(view, runs=tuple(runs(text, [*found, *widen(here, found)])))


def _joined(marks: Sequence[Mark]) -> Mark | None:
    """Marks of the same stretch as one."""
    links = " ".join(mark.link for mark in marks)
    return marks[0]._replace(link=links) if marks else None


def _hint_label(desk: Desk, row: StepRow, number: int) -> str:
    """Which hint it is, and who is behind it."""
    judgement = next((each for each in desk.judgements if each.branch_id == row.branch_id), None)
    proposal = next((each for each in desk.proposals if each.id == row.proposal_id), None)
    if proposal is None:
        return f"Hint {number} · {row.author}"
    source, flaw = Proposal.model_validate(proposal.proposal).source, desk.flaw(proposal.flaw)
    if judgement is None:
        return f"Hint {number} · {flaw.title} · tried"
    own = source.kind == "person" and judgement.decision == "accept"
    done = "written" if own else "edited" if judgement.decision == "edit" else "accepted"
    return f"Hint {number} · {flaw.title} · {done} by {desk.name_of(judgement.actor)}"


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
    marked = tuple(
        replace(line, failing=number == failing) for number, line in enumerate(view.lines, 1)
    )
    again = [run.output for run in runs_ if recorded and _differs(recorded, run)]
    return replace(
        view, lines=marked, chips=tuple(_chips(newest, solves)), again=tuple(dict.fromkeys(again))
    )


def _differs(recorded: Step, run: Execution) -> bool:
    return recorded.mark is not None or not same_output(recorded.text, run)


def _chips(run: Execution, solves: Mapping[int, SolveRow]) -> Iterator[Chip]:
    if run.status != "ok":
        yield Chip(run.status.replace("_", " "), "bad", run.reason)
    for number, solve in enumerate(run.solves):
        yield from _solve_chips(solve)
        if differs := difference_badge(solve, examination_of(solves.get(number))):
            yield Chip(differs.text, differs.tone, differs.why)
    if not run.solves and run.status == "ok":
        yield Chip("nothing was solved", "plain", "no solver was called in this code")
    yield Chip(f"{run.wall_s * 1000:,.0f} ms", why="wall time")
    if run.peak_memory_mb >= 1:
        yield Chip(f"{run.peak_memory_mb:,.0f} MB", why="most memory at once")
    yield _isolation_chip(run.isolation)


def _isolation_chip(isolation: Isolation) -> Chip:
    if isolation.level == "none":
        return Chip("not isolated", "bad", isolation.reason)
    name = "isolated" if isolation.level == "full" else f"isolated: {isolation.level}"
    return Chip(name, why=isolation.reason)


def _solve_chips(solve: Solve) -> Iterator[Chip]:
    good = "optimal" in solve.status.lower() and "not" not in solve.status.lower()
    yield Chip(f"{solve.library}: {solve.status}", "good" if good else "bad", "the solver's word")
    if solve.objective is not None:
        yield Chip(f"objective {solve.objective:,.10g}".replace(",", ""))
    integers = (solve.integers or 0) + (solve.binaries or 0)
    if solve.sense or solve.variables is not None:
        kind = "" if solve.variables is None else "MIP" if integers else "LP"
        yield Chip(f"{solve.sense or ''} {kind}".strip(), why="sense and kind of the model")
    if solve.variables is not None:
        yield Chip(f"{solve.variables} vars · {integers} integer")
    if solve.rows is not None:
        yield Chip(f"{solve.rows} row{'' if solve.rows == 1 else 's'}")
