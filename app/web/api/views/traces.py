"""Traces, their branches and the steps of a path, as the API shows them.

What lies on a desk (`app.web.views.desk`) is what this caller may know: under overlap nothing that
another decided before they did.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from pydantic import Field

from app.core.annotation import Annotation
from app.core.answer import Grade
from app.core.budget import Budget
from app.core.execution import Execution
from app.core.lifecycle import TraceState
from app.core.model import Frozen
from app.core.solved import Examination
from app.core.stage import Stage
from app.core.trace import Author, Cut, Mark, Outcome, StepKind
from app.db.convert import annotation_of, cut_of
from app.db.tables import Branch, ExecutionRow, Trace
from app.web.views.desk import Desk


class TraceLine(Frozen):
    """A trace in a list. `certainty` is 0 to 100; `overlap` people judge it.

    `revision` grows with each change; of one trace it is 0 while the caller judges it blindly.
    """

    id: int = Field(examples=[7])
    problem_id: int
    state: TraceState
    origin: str = Field(examples=["generated", "imported"])
    model: str
    certainty: int
    disputed: bool
    overlap: int
    revision: int
    created_at: datetime


class BranchLine(Frozen):
    """A branch of a trace: from the root, or from a cut in its parent's path. It never changes once
    it has an `outcome`."""

    id: int = Field(examples=[9])
    number: int | None = Field(description="Its place in the lineage; null for a trial of a hint.")
    parent_id: int | None
    cut: Cut | None
    outcome: Outcome | None
    detail: str
    diverged: bool
    set_aside: bool
    answer: str | None
    grade: Grade | None
    stage: Stage
    tokens: int
    created_at: datetime
    closed_at: datetime | None


class TraceView(TraceLine):
    """A trace with its branches; the work goes on at the branch `current`."""

    branches: tuple[BranchLine, ...]
    current: int
    open_proposals: tuple[int, ...] = Field(description="Ids of the hints that wait there.")
    golden_refusal: str | None = Field(description="Why `current` can't be called golden.")
    held_by: tuple[str, ...]
    annotations: tuple[Annotation, ...] = Field(
        description="What people said of an imported trace in another tool: no verdicts here."
    )


class SolveView(Frozen):
    """What was found in the model of the solve with this number of the execution.

    Its `id` is what names it where its model is to be solved otherwise.
    """

    id: int
    number: int
    examination: Examination | None = Field(description="null until it was looked at.")


class ExecutionView(Frozen):
    """One run of a Code step. `purpose` is `check` for a run beside an imported trace."""

    id: int
    purpose: str
    execution: Execution
    solves: tuple[SolveView, ...]
    at: datetime


class StepView(Frozen):
    """A step of a path, counted from 0; the texts of all are the path's, to the byte.

    Its `id` is what threads, executions and cells name it by.
    """

    id: int
    index: int
    branch_id: int
    kind: StepKind
    author: Author
    text: str
    tokens: int | None
    mark: Mark | None
    proposal_id: int | None
    executions: tuple[ExecutionView, ...]


class BranchView(BranchLine):
    """A branch with its whole path, the steps of its ancestors up to the cuts."""

    budget: Budget
    golden_refusal: str | None
    steps: tuple[StepView, ...]


def trace_line(row: Trace, found: Mapping[str, Any]) -> TraceLine:
    """A trace in a list, as the caller finds it (`app.actions.gold.found_as`)."""
    return TraceLine(**{name: getattr(row, name) for name in TraceLine.model_fields} | {**found})


def trace_view(desk: Desk) -> TraceView:
    """The trace of a desk that was laid where the work goes on."""
    line = dict(trace_line(desk.trace, desk.found))
    # Else what another decides meanwhile would be told, and the caller's tag would be old.
    line["revision"] *= not desk.slots.hides
    return TraceView(
        **line,
        branches=tuple(map(branch_line, desk.branches)),
        current=desk.branch.id,
        open_proposals=tuple(row.id for row in desk.facts.open_proposals),
        golden_refusal=desk.facts.golden_refusal,
        held_by=tuple(person.name for person in desk.claimed_by),
        annotations=tuple(map(annotation_of, desk.annotations)),
    )


def branch_line(row: Branch) -> BranchLine:
    """A branch without its steps."""
    grade = Grade.model_validate(row.grade) if row.grade else None
    named = {name: getattr(row, name) for name in BranchLine.model_fields.keys() - {"cut", "grade"}}
    return BranchLine(**named, cut=cut_of(row), grade=grade)


def branch_view(desk: Desk) -> BranchView:
    """The branch of a desk."""
    return BranchView(
        **dict(branch_line(desk.branch)),
        budget=desk.facts.budget,
        golden_refusal=desk.facts.golden_refusal,
        steps=tuple(_steps(desk)),
    )


def _steps(desk: Desk) -> Iterable[StepView]:
    for index, (step, row) in enumerate(desk.located):
        runs = (each for each in desk.executions if each.step_id == row.id)
        yield StepView(
            id=row.id,
            index=index,
            branch_id=row.branch_id,
            proposal_id=row.proposal_id,
            executions=tuple(_execution(desk, run) for run in runs),
            **step.model_dump(exclude={"token_ids"}),
        )


def _execution(desk: Desk, row: ExecutionRow) -> ExecutionView:
    solves = (each for each in desk.solves if each.execution_id == row.id)
    return ExecutionView(
        id=row.id,
        purpose=row.purpose,
        execution=Execution.model_validate(row.execution),
        solves=tuple(
            SolveView(id=each.id, number=each.number, examination=desk.examinations.get(each.id))
            for each in solves
        ),
        at=row.at,
    )
