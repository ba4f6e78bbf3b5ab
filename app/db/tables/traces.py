"""Problems and their traces: branches, steps, and what the sandbox found of them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.lifecycle import TraceState
from app.core.stage import Stage
from app.core.trace import Outcome
from app.db.tables.base import Base, owner
from app.db.types import now


class ProblemRow(Base):
    """A word problem. `key` is the hash of its text: the same problem twice adds nothing.

    `reference` is `app.core.answer.Reference` as JSON, the newest of its `ReferenceChange`s.
    `language` is the tag of the one that it is written in (`app.core.tongue`), "" where unknown.
    """

    __tablename__ = "problems"
    __table_args__ = (UniqueConstraint("project_id", "key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = owner("projects")
    key: Mapped[str] = mapped_column(String(64))
    question: Mapped[str] = mapped_column(Text)
    reference: Mapped[dict[str, Any]]
    tolerance: Mapped[dict[str, Any] | None]
    asks: Mapped[str] = mapped_column(String(80), default="objective")
    external_id: Mapped[str | None] = mapped_column(String(200))
    source: Mapped[str | None] = mapped_column(String(200))
    difficulty: Mapped[str | None] = mapped_column(String(80))
    tags: Mapped[list[Any]] = mapped_column(default=list)
    language: Mapped[str] = mapped_column(String(2), default="", server_default="")
    extra: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What else stood in the imported row."""
    created_at: Mapped[datetime] = mapped_column(default=now)


class ReferenceChange(Base):
    """A reference that somebody recorded, with the reason; the imported one is the first.

    `confirms` says that it is the one before, looked at again and found right.
    """

    __tablename__ = "reference_changes"
    id: Mapped[int] = mapped_column(primary_key=True)
    problem_id: Mapped[int] = owner("problems")
    reference: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(Text)
    actor_name: Mapped[str] = mapped_column(String(120))
    confirms: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime] = mapped_column(default=now)


class Doubt(Base):
    """A person's doubt about a reference, with the reason.

    It is open until a reference is recorded or confirmed after it (`answered_by`), or the person
    takes it back.
    """

    __tablename__ = "doubts"
    id: Mapped[int] = mapped_column(primary_key=True)
    problem_id: Mapped[int] = owner("problems")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    actor_name: Mapped[str] = mapped_column(String(120))
    reason: Mapped[str] = mapped_column(Text)
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("reference_changes.id"))
    at: Mapped[datetime] = mapped_column(default=now)
    withdrawn_at: Mapped[datetime | None]


class Trace(Base):
    """One problem's tree of branches, and where it stands in the queue.

    `key` tells imported traces apart (hash of the text); None for a generated one. `revision` grows
    with every change that a person could see. The queue filters and sorts by `certainty`, 0 to 100
    (`app.core.certainty`), `disputed`, and `model`, the one that wrote where the work goes on.
    `overlap` is how many people judge it, each for themselves (`app.actions.slots`). `gold_id` is
    the gold standard that it is now (no constraint: that names the trace).
    """

    __tablename__ = "traces"
    __table_args__ = (
        UniqueConstraint("project_id", "key"),
        Index("ix_traces_queue", "project_id", "state", "id"),
        Index("ix_traces_certainty", "project_id", "state", "certainty", "id"),
        Index("ix_traces_all_certainty", "project_id", "certainty", "id"),
        Index("ix_traces_model", "project_id", "model", "id"),
        Index("ix_traces_disputed", "project_id", "disputed", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    problem_id: Mapped[int] = owner("problems")
    key: Mapped[str | None] = mapped_column(String(64))
    origin: Mapped[str] = mapped_column(String(12))
    state: Mapped[TraceState] = mapped_column(String(12), default="waiting")
    revision: Mapped[int] = mapped_column(default=0)
    certainty: Mapped[int] = mapped_column(default=100, server_default="100")
    disputed: Mapped[bool] = mapped_column(default=False, server_default=false())
    model: Mapped[str] = mapped_column(String(200), default="", server_default="")
    overlap: Mapped[int] = mapped_column(default=1, server_default="1")
    gold_id: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    problem: Mapped[ProblemRow] = relationship()
    branches: Mapped[list["Branch"]] = relationship(order_by="Branch.id", back_populates="trace")


class ImportedAnnotation(Base):
    """What somebody said of an imported trace in another tool (`app.core.annotation`).

    `actor_name` is the annotator as that tool names them: no account here. `start` and `end` are
    characters in the text of the trace's first branch.
    """

    __tablename__ = "imported_annotations"
    id: Mapped[int] = mapped_column(primary_key=True)
    trace_id: Mapped[int] = owner("traces")
    peer: Mapped[str] = mapped_column(String(40))
    ref: Mapped[str] = mapped_column(String(200))
    actor_name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime | None]
    name: Mapped[str] = mapped_column(String(200))
    value: Mapped[str] = mapped_column(Text)
    quote: Mapped[str] = mapped_column(Text)
    start: Mapped[int | None]
    end: Mapped[int | None]
    imported_at: Mapped[datetime] = mapped_column(default=now)


class Claim(Base):
    """A person's timed hold on a trace, one row for each overlap slot, made with the trace.

    Under overlap a slot whose person has given their verdict is theirs for good: `done_at`. Who is
    given a gold standard has a slot beside the trace's: `gold_id`, and a number below 0.
    """

    __tablename__ = "claims"
    __table_args__ = (
        UniqueConstraint("trace_id", "slot"),
        UniqueConstraint("trace_id", "user_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    trace_id: Mapped[int] = owner("traces")
    slot: Mapped[int] = mapped_column(default=1)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    until: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    gold_id: Mapped[int | None] = mapped_column(ForeignKey("gold_standards.id"))


class PutOff(Base):
    """A trace that a person left for later; it comes after all others for them."""

    __tablename__ = "put_offs"
    __table_args__ = (UniqueConstraint("user_id", "trace_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = owner("users")
    trace_id: Mapped[int] = owner("traces")
    at: Mapped[datetime] = mapped_column(default=now)


class WorkTime(Base):
    """A person's seconds on a trace on a day (UTC), as their pages reported them."""

    __tablename__ = "work_times"
    __table_args__ = (UniqueConstraint("user_id", "trace_id", "day"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    trace_id: Mapped[int] = owner("traces")
    day: Mapped[date]
    seconds: Mapped[float] = mapped_column(default=0.0)


class WorkMark(Base):
    """When a person's pages last reported time: no more than what passed since can be added."""

    __tablename__ = "work_marks"
    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    at: Mapped[datetime]


class Branch(Base):
    """Steps from the root or from a cut in the parent's path; closed branches never change.

    `number` is its place in the trace's lineage, from 1, in the order in which branches joined it.
    None is a trial of a hint (`TrialRow`), which stands outside the lineage until it is accepted.
    `settings` records what wrote it: reasoner, model, server, sampling, continuation. `sampled` is
    who asked to sample again from its cut, without a hint. `outcome` is None while it grows.
    `grade` is `app.core.answer.Grade` as JSON once it is closed. `tokens` are the Reasoner's in its
    own steps, `kept_tokens` those before its cut that were written here: the dashboard adds them
    up. `verified_by` is the id of the solve that the answer rests on (`app.core.suspect`), None
    where there is none; no constraint, for solves stay. `stage` is how far the model that wrote it
    was trained. `code_calls`, `hints`, `hint_tokens` and `path_tokens` (as the budget counts them)
    are of its whole path, once it is closed. `owner_id` is whose it is under overlap, where each
    person's work is their own; what has none is everybody's (no constraint, for users stay).
    """

    __tablename__ = "branches"
    __table_args__ = (
        Index("ix_branches_number", "trace_id", "number", unique=True),
        # All that the insights ask of a branch: they need not read the rest of it.
        Index(
            "ix_branches_measured",
            *("trace_id", "number", "set_aside", "outcome", "stage"),
            *("code_calls", "hints", "hint_tokens", "path_tokens"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    trace_id: Mapped[int] = owner("traces")
    number: Mapped[int | None]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("branches.id"))
    cut_step: Mapped[int | None]
    cut_offset: Mapped[int | None]
    outcome: Mapped[Outcome | None] = mapped_column(String(20))
    detail: Mapped[str] = mapped_column(Text, default="")
    diverged: Mapped[bool] = mapped_column(default=False)
    set_aside: Mapped[bool] = mapped_column(default=False)
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    sampled: Mapped[dict[str, Any] | None]
    seed: Mapped[int] = mapped_column(default=0)
    tokens: Mapped[int] = mapped_column(default=0)
    kept_tokens: Mapped[int] = mapped_column(default=0)
    answer: Mapped[str | None] = mapped_column(Text)
    grade: Mapped[dict[str, Any] | None]
    verified_by: Mapped[int | None]
    stage: Mapped[Stage] = mapped_column(String(4), default="base")
    code_calls: Mapped[int | None]
    hints: Mapped[int | None]
    hint_tokens: Mapped[int | None]
    path_tokens: Mapped[int | None]
    owner_id: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    closed_at: Mapped[datetime | None]
    trace: Mapped[Trace] = relationship(back_populates="branches")
    parent: Mapped["Branch | None"] = relationship(remote_side="Branch.id")
    steps: Mapped[list["StepRow"]] = relationship(order_by="StepRow.number")

    @property
    def trial(self) -> bool:
        """Whether it only tries a hint."""
        return self.number is None


class StepRow(Base):
    """A step of a branch; `number` counts from 0 within the branch, so it can't be added twice."""

    __tablename__ = "steps"
    __table_args__ = (UniqueConstraint("branch_id", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branches.id", ondelete="CASCADE"))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(8))
    author: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(Text)
    token_ids: Mapped[list[Any] | None]
    tokens: Mapped[int | None]
    mark: Mapped[str | None] = mapped_column(String(10))
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("proposals.id"))
    """For a hint: the proposal that it was accepted from."""
    created_at: Mapped[datetime] = mapped_column(default=now)


class ExecutionRow(Base):
    """One run of a Code step: `app.core.execution.Execution` as JSON.

    `branch_id` is where it was asked for; `purpose` is `growth` for the run whose output stands in
    the trace, `check` for a run of imported code beside it.
    """

    __tablename__ = "executions"
    id: Mapped[int] = mapped_column(primary_key=True)
    step_id: Mapped[int] = owner("steps")
    branch_id: Mapped[int] = owner("branches")
    purpose: Mapped[str] = mapped_column(String(8), default="growth")
    execution: Mapped[dict[str, Any]]
    at: Mapped[datetime] = mapped_column(default=now)


class SolveRow(Base):
    """The model of one solve of an execution, kept apart from it because it may be large.

    `number` counts the execution's solves from 0. `examination` is what trusted code found in the
    model (`app.core.solved.Examination` as JSON), None until it was looked at.
    """

    __tablename__ = "solves"
    id: Mapped[int] = mapped_column(primary_key=True)
    execution_id: Mapped[int] = owner("executions")
    number: Mapped[int]
    format: Mapped[str] = mapped_column(String(10))
    model: Mapped[str] = mapped_column(Text)
    examination: Mapped[dict[str, Any] | None]
