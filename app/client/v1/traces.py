"""The operations of the API on traces. Written by `make openapi`."""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from app.client.base import Operations, Shown
from app.core.annotation import Annotation
from app.core.answer.grading import Grade
from app.core.budget import Budget
from app.core.execution import Execution
from app.core.model import Frozen
from app.core.solved.model import Examination
from app.core.trace import Cut


class TraceLine(Shown):
    """A trace in a list. `certainty` is 0 to 100; `overlap` people judge it.

    `revision` grows with each change; of one trace it is 0 while the caller judges it
    blindly.
    """

    id: int
    problem_id: int
    state: Literal["waiting", "review", "golden", "discarded", "unsure", "failed"]
    origin: str
    model: str
    certainty: int
    disputed: bool
    overlap: int
    revision: int
    created_at: datetime


class BranchLine(Shown):
    """A branch of a trace: from the root, or from a cut in its parent's path. It never
    changes once it has an `outcome`.
    """

    id: int
    number: int | None
    """Its place in the lineage; null for a trial of a hint."""
    parent_id: int | None
    cut: Cut | None
    outcome: (
        Literal[
            "answered",
            "unanswered",
            "code_limit",
            "length_limit",
            "repetition",
            "empty_reply",
            "no_recording",
            "spending_cap",
            "model_error",
            "sandbox_error",
            "cancelled",
            "imported",
        ]
        | None
    )
    detail: str
    diverged: bool
    set_aside: bool
    answer: str | None
    grade: Grade | None
    stage: Literal["base", "sft", "rl"]
    tokens: int
    created_at: datetime
    closed_at: datetime | None


class TraceView(TraceLine):
    """A trace with its branches; the work goes on at the branch `current`."""

    branches: tuple[BranchLine, ...]
    current: int
    open_proposals: tuple[int, ...]
    """Ids of the hints that wait there."""
    golden_refusal: str | None
    """Why `current` can't be called golden."""
    held_by: tuple[str, ...]
    annotations: tuple[Annotation, ...]
    """What people said of an imported trace in another tool: no verdicts here."""


class SolveView(Shown):
    """What was found in the model of the solve with this number of the execution.

    Its `id` is what names it where its model is to be solved otherwise.
    """

    id: int
    number: int
    examination: Examination | None
    """null until it was looked at."""


class ExecutionView(Shown):
    """One run of a Code step. `purpose` is `check` for a run beside an imported trace."""

    id: int
    purpose: str
    execution: Execution
    solves: tuple[SolveView, ...]
    at: datetime


class StepView(Shown):
    """A step of a path, counted from 0; the texts of all are the path's, to the byte.

    Its `id` is what threads, executions and cells name it by.
    """

    id: int
    index: int
    branch_id: int
    kind: Literal["thought", "code", "output", "hint", "answer"]
    author: Literal["reasoner", "sandbox", "intervener", "human"]
    text: str
    tokens: int | None
    mark: Literal["forged", "imported", "refused"] | None
    proposal_id: int | None
    executions: tuple[ExecutionView, ...]


class BranchView(BranchLine):
    """A branch with its whole path, the steps of its ancestors up to the cuts."""

    budget: Budget
    golden_refusal: str | None
    steps: tuple[StepView, ...]


class AskedJob(Shown):
    """Work that a worker takes up; what comes of it stands on the branch."""

    id: int
    kind: str
    state: str


class NewExecution(Frozen):
    """The Code step to execute, by its `id`."""

    step_id: int


class NewSample(Frozen):
    """Before which step of the path, counted from 0, to go on anew; 0 begins a new run."""

    step: int


class TracesOperations(Operations):
    """What can be asked for."""

    def list_traces(
        self,
        slug: str,
        *,
        order: Literal["oldest", "uncertain"] = "oldest",
        limit: int = 50,
        state: Literal["waiting", "review", "golden", "discarded", "unsure", "failed"]
        | Literal[""] = "",
        held: Literal["", "mine", "somebody", "nobody"] = "",
        disputed: Literal["", "yes"] = "",
        source: str = "",
        flaw: str = "",
        confidence: Literal["", "low", "middle", "high", "unsaid"] = "",
        model: str = "",
        outcome: Literal[
            "answered",
            "unanswered",
            "code_limit",
            "length_limit",
            "repetition",
            "empty_reply",
            "no_recording",
            "spending_cap",
            "model_error",
            "sandbox_error",
            "cancelled",
            "imported",
        ]
        | Literal[""] = "",
        assigned: str = "",
    ) -> Iterator[TraceLine]:
        """The traces of a project that the queue's filters leave."""
        return self._list(
            TraceLine,
            ("projects", slug, "traces"),
            order=order,
            limit=limit,
            state=state,
            held=held,
            disputed=disputed,
            source=source,
            flaw=flaw,
            confidence=confidence,
            model=model,
            outcome=outcome,
            assigned=assigned,
        )

    def start_trace(self, slug: str, problem_id: int) -> TraceView:
        """Have the Reasoner write a trace of a problem. For annotators."""
        return self._one(TraceView, "POST", ("projects", slug, "problems", problem_id, "traces"))

    def get_trace(self, slug: str, trace_id: int, *, seen: Shown | None = None) -> TraceView:
        """One trace with its branches.

        Its tag is what decisions on it can name in `If-Match`.
        """
        return self._one(TraceView, "GET", ("projects", slug, "traces", trace_id), seen=seen)

    def get_branch(
        self, slug: str, trace_id: int, branch_id: int, *, seen: Shown | None = None
    ) -> BranchView:
        """The path of a branch: its steps, their executions, and the models as solved."""
        return self._one(
            BranchView,
            "GET",
            ("projects", slug, "traces", trace_id, "branches", branch_id),
            seen=seen,
        )

    def cancel_branch(
        self, slug: str, trace_id: int, branch_id: int, *, seen: Shown | None = None
    ) -> BranchLine:
        """Stop the Reasoner; what was finished stays. For annotators."""
        return self._one(
            BranchLine,
            "POST",
            ("projects", slug, "traces", trace_id, "branches", branch_id, "cancel"),
            seen=seen,
        )

    def retry_branch(
        self, slug: str, trace_id: int, branch_id: int, *, seen: Shown | None = None
    ) -> BranchLine:
        """Go on from the last finished step of a branch that failed. For annotators."""
        return self._one(
            BranchLine,
            "POST",
            ("projects", slug, "traces", trace_id, "branches", branch_id, "retry"),
            seen=seen,
        )

    def request_review(self, slug: str, trace_id: int, branch_id: int) -> AskedJob:
        """Have the rules and the Intervener look for hints, also again. For annotators."""
        return self._one(
            AskedJob,
            "POST",
            ("projects", slug, "traces", trace_id, "branches", branch_id, "reviews"),
        )

    def request_execution(
        self, slug: str, trace_id: int, branch_id: int, body: NewExecution
    ) -> AskedJob:
        """Have an imported Code step executed here, beside the trace. For annotators."""
        return self._one(
            AskedJob,
            "POST",
            ("projects", slug, "traces", trace_id, "branches", branch_id, "executions"),
            body=body,
        )

    def ask_again(self, slug: str, trace_id: int, branch_id: int) -> None:
        """Ask the model server that a branch waits for now, not at its time. For annotators."""
        self._none(
            "POST", ("projects", slug, "traces", trace_id, "branches", branch_id, "ask-again")
        )

    def sample_again(
        self,
        slug: str,
        trace_id: int,
        branch_id: int,
        body: NewSample,
        *,
        seen: Shown | None = None,
    ) -> BranchLine:
        """Let the Reasoner go on from a step once more, without a hint. For annotators."""
        return self._one(
            BranchLine,
            "POST",
            ("projects", slug, "traces", trace_id, "branches", branch_id, "samples"),
            body=body,
            seen=seen,
        )
