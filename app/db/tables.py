"""The tables. The database is the truth; what is said here is all that survives a restart.

Promises: steps, executions, proposals, judgements, verdicts and events are only ever inserted; an
undone decision is marked, never removed. `state` columns are summaries that a query can filter on,
each kept by the one action that changes what it sums up.
"""

from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import (
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from app.core.bulk import BulkDeed
from app.core.lifecycle import TraceState, VerdictDecision
from app.core.note import NoteState
from app.core.stage import Stage
from app.core.trace import Outcome
from app.db.types import Json, Moment, now

QueueOrder = Literal["oldest", "uncertain"]
"""In which order a person sees the queue."""
Queue = Literal["model", "execution"]
"""Who works on a job: threads that wait for models, or those that have programs executed."""
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The declarative base; constraints have stable names so that migrations can find them."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own protocol
        datetime: Moment,
        dict[str, Any]: Json,
        list[Any]: Json,
        bytes: LargeBinary,
    }


def _owner(table: str) -> Mapped[int]:
    return mapped_column(ForeignKey(f"{table}.id", ondelete="CASCADE"), index=True)


class User(Base):
    """A person with an account; `language` is the tag they chose, "" for the browser's."""

    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    admin: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    language: Mapped[str] = mapped_column(String(20), default="", server_default="")
    queue_order: Mapped[QueueOrder] = mapped_column(
        String(10), default="oldest", server_default="oldest"
    )
    created_at: Mapped[datetime] = mapped_column(default=now)


class Login(Base):
    """A browser's session (`kind` session) or a one-time address (`once`), by its token's hash."""

    __tablename__ = "logins"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = _owner("users")
    kind: Mapped[str] = mapped_column(String(10))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]


class Preference(Base):
    """What a person has chosen for themselves: `keys` by deed, those that differ from the default.

    `shows_time` is whether the workbench shows them their time on the task. `guide` is where they
    left the guided first trace (`app.core.guide.Guide` as JSON), None where they never were in it.
    """

    __tablename__ = "preferences"
    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    keys: Mapped[dict[str, Any]] = mapped_column(default=dict)
    shows_time: Mapped[bool] = mapped_column(default=True)
    guide: Mapped[dict[str, Any] | None]


class Project(Base):
    """A workspace. `reasoner` and `intervener` hold `{"name": registry entry, …its settings}`.

    `limits` holds max_hints, max_code_calls, max_tokens, output_tokens, wall_seconds, memory_mb,
    share_blocks; `prompts` holds its own words for models (`app.prompts.own.Prompts`), what it
    lacks being the default; `prices` holds money for a million tokens as
    {"prompt": x, "completion": y}.
    """

    __tablename__ = "projects"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    guidelines: Mapped[str] = mapped_column(Text, default="")
    taxonomy: Mapped[dict[str, Any]]
    reasoner: Mapped[dict[str, Any]]
    intervener: Mapped[dict[str, Any]]
    limits: Mapped[dict[str, Any]] = mapped_column(default=dict)
    policy: Mapped[dict[str, Any]] = mapped_column(default=dict)
    prompts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    prices: Mapped[dict[str, Any]] = mapped_column(default=dict)
    spending_cap: Mapped[float | None]
    created_at: Mapped[datetime] = mapped_column(default=now)


class Secret(Base):
    """A key of a project, encrypted; only the worker that uses it ever decrypts it."""

    __tablename__ = "secrets"
    __table_args__ = (UniqueConstraint("project_id", "name"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = _owner("projects")
    name: Mapped[str] = mapped_column(String(40))
    ciphertext: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(default=now)


class Membership(Base):
    """A person's role in a project."""

    __tablename__ = "memberships"
    __table_args__ = (UniqueConstraint("project_id", "user_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = _owner("projects")
    user_id: Mapped[int] = _owner("users")
    role: Mapped[str] = mapped_column(String(12))


class ProblemRow(Base):
    """A word problem. `key` is the hash of its text: the same problem twice adds nothing.

    `reference` is `app.core.answer.Reference` as JSON, the newest of its `ReferenceChange`s.
    """

    __tablename__ = "problems"
    __table_args__ = (UniqueConstraint("project_id", "key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = _owner("projects")
    key: Mapped[str] = mapped_column(String(64))
    question: Mapped[str] = mapped_column(Text)
    reference: Mapped[dict[str, Any]]
    tolerance: Mapped[dict[str, Any] | None]
    asks: Mapped[str] = mapped_column(String(80), default="objective")
    external_id: Mapped[str | None] = mapped_column(String(200))
    source: Mapped[str | None] = mapped_column(String(200))
    difficulty: Mapped[str | None] = mapped_column(String(80))
    tags: Mapped[list[Any]] = mapped_column(default=list)
    extra: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What else stood in the imported row."""
    created_at: Mapped[datetime] = mapped_column(default=now)


class ReferenceChange(Base):
    """A reference that somebody recorded, with the reason; the imported one is the first.

    `confirms` says that it is the one before, looked at again and found right.
    """

    __tablename__ = "reference_changes"
    id: Mapped[int] = mapped_column(primary_key=True)
    problem_id: Mapped[int] = _owner("problems")
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
    problem_id: Mapped[int] = _owner("problems")
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
    problem_id: Mapped[int] = _owner("problems")
    key: Mapped[str | None] = mapped_column(String(64))
    origin: Mapped[str] = mapped_column(String(12))
    state: Mapped[TraceState] = mapped_column(String(12), default="waiting")
    revision: Mapped[int] = mapped_column(default=0)
    certainty: Mapped[int] = mapped_column(default=100, server_default="100")
    disputed: Mapped[bool] = mapped_column(default=False, server_default=false())
    model: Mapped[str] = mapped_column(String(200), default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    problem: Mapped[ProblemRow] = relationship()
    branches: Mapped[list["Branch"]] = relationship(order_by="Branch.id", back_populates="trace")


class Claim(Base):
    """A person's timed hold on a trace, one row for each overlap slot, made with the trace."""

    __tablename__ = "claims"
    __table_args__ = (UniqueConstraint("trace_id", "slot"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    trace_id: Mapped[int] = _owner("traces")
    slot: Mapped[int] = mapped_column(default=1)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    until: Mapped[datetime | None]


class PutOff(Base):
    """A trace that a person left for later; it comes after all others for them."""

    __tablename__ = "put_offs"
    __table_args__ = (UniqueConstraint("user_id", "trace_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = _owner("users")
    trace_id: Mapped[int] = _owner("traces")
    at: Mapped[datetime] = mapped_column(default=now)


class WorkTime(Base):
    """A person's seconds on a trace on a day (UTC), as their pages reported them."""

    __tablename__ = "work_times"
    __table_args__ = (UniqueConstraint("user_id", "trace_id", "day"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    trace_id: Mapped[int] = _owner("traces")
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
    are of its whole path, once it is closed.
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
    trace_id: Mapped[int] = _owner("traces")
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
    step_id: Mapped[int] = _owner("steps")
    branch_id: Mapped[int] = _owner("branches")
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
    execution_id: Mapped[int] = _owner("executions")
    number: Mapped[int]
    format: Mapped[str] = mapped_column(String(10))
    model: Mapped[str] = mapped_column(Text)
    examination: Mapped[dict[str, Any] | None]


class ProposalRow(Base):
    """A suggested hint, its first words for ever. `proposal` is `app.core.proposal.Proposal`.

    `state` is what a judgement changes with one conditional UPDATE.
    """

    __tablename__ = "proposals"
    id: Mapped[int] = mapped_column(primary_key=True)
    trace_id: Mapped[int] = _owner("traces")
    branch_id: Mapped[int] = _owner("branches")
    flaw: Mapped[str] = mapped_column(String(60))
    taxonomy_version: Mapped[str] = mapped_column(String(60))
    proposal: Mapped[dict[str, Any]]
    key: Mapped[str] = mapped_column(String(64))
    """Hash of its source, cut and words: the same proposal twice on a branch is one."""
    state: Mapped[str] = mapped_column(String(10), default="open")
    created_at: Mapped[datetime] = mapped_column(default=now)
    __table_args__ = (UniqueConstraint("branch_id", "key"),)


class TrialRow(Base):
    """Why a branch was begun before its hint was judged: to try it, or to do without it.

    `words` are the hint's, None where the Reasoner went on from the same cut without any. It stays
    when the branch is accepted into the lineage: what was found is what was found.
    """

    __tablename__ = "trials"
    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = _owner("proposals")
    branch_id: Mapped[int] = mapped_column(ForeignKey("branches.id"), unique=True)
    words: Mapped[str | None] = mapped_column(Text)


class Note(Base):
    """What somebody tried beside a step of a trace; never a part of it.

    `asked` and `found` are `app.core.note`'s as JSON, `found` None until it ended, and `error` is
    why there is none. Its author can withdraw it: then no page shows it, and the events stay.
    """

    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    trace_id: Mapped[int] = _owner("traces")
    branch_id: Mapped[int] = _owner("branches")
    """The branch on whose page it was asked."""
    step_id: Mapped[int] = _owner("steps")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    actor: Mapped[dict[str, Any]]
    asked: Mapped[dict[str, Any]]
    found: Mapped[dict[str, Any] | None]
    state: Mapped[NoteState] = mapped_column(String(8), default="waiting")
    error: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class Review(Base):
    """A source's finished look at a branch: how many hints it proposed, or why it is flawless.

    `source` is {"name": …, "notes": […]}: how the look came about, in words for people.
    """

    __tablename__ = "reviews"
    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = _owner("branches")
    source: Mapped[dict[str, Any]]
    proposed: Mapped[int]
    reasons: Mapped[str] = mapped_column(Text, default="")
    failure: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(default=now)


class Judgement(Base):
    """A decision on a proposal; `words` and `cut` are what really went in."""

    __tablename__ = "judgements"
    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = _owner("proposals")
    trace_id: Mapped[int] = _owner("traces")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    actor: Mapped[dict[str, Any]]
    decision: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str] = mapped_column(Text, default="")
    words: Mapped[str | None] = mapped_column(Text)
    cut: Mapped[dict[str, Any] | None]
    branch_id: Mapped[int | None] = mapped_column(ForeignKey("branches.id"))
    """The branch that an accepted hint began."""
    at: Mapped[datetime] = mapped_column(default=now)
    undone_at: Mapped[datetime | None]


class Verdict(Base):
    """A decision on a finished branch: golden, discard or unsure; withdrawn, never deleted."""

    __tablename__ = "verdicts"
    id: Mapped[int] = mapped_column(primary_key=True)
    trace_id: Mapped[int] = _owner("traces")
    branch_id: Mapped[int] = _owner("branches")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    actor: Mapped[dict[str, Any]]
    decision: Mapped[VerdictDecision] = mapped_column(String(8))
    reason: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(default=now)
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str] = mapped_column(Text, default="")


class Batch(Base):
    """A set of jobs started together on chosen problems or traces."""

    __tablename__ = "batches"
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = _owner("projects")
    kind: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10), default="running")
    actor_name: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(default=now)


class Bulk(Base):
    """One deed on many traces (`app.core.bulk`): a plan until a job is set to it.

    `looked_at` of `trace_ids` were come to, `done` of them changed; `left_out` counts the others by
    the reason. What it begins for models is a batch, to be watched and stopped like any other.
    """

    __tablename__ = "bulks"
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = _owner("projects")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    deed: Mapped[BulkDeed] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(Text, default="")
    trace_ids: Mapped[list[Any]]
    looked_at: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    left_out: Mapped[dict[str, Any]] = mapped_column(default=dict)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("jobs.id"), unique=True)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batches.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)


class Job(Base):
    """A piece of long work, and who holds it until when; the queue only says "look at it".

    `kind`: grow, review, check, solves, note, bulk or build. `state`: queued, running, done, failed
    or cancelled. A running job whose lease ran out is anybody's. `lease` is a random token: only
    its holder may write. A queued job with a `not_before` waits until then for a model server, and
    `error` says what happened; `waits` counts such pauses, and `attempts` beginnings, since it last
    got on.
    """

    __tablename__ = "jobs"
    __table_args__ = (Index("ix_jobs_state", "state", "lease_until"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = _owner("projects")
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batches.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    queue: Mapped[Queue] = mapped_column(String(10))
    branch_id: Mapped[int | None] = mapped_column(ForeignKey("branches.id"), index=True)
    step_id: Mapped[int | None] = mapped_column(ForeignKey("steps.id"))
    """For a check: the Code step to execute; for solves: the one whose models are examined."""
    dataset_id: Mapped[int | None] = mapped_column(ForeignKey("datasets.id"))
    note_id: Mapped[int | None] = mapped_column(ForeignKey("notes.id"), index=True)
    state: Mapped[str] = mapped_column(String(10), default="queued")
    attempts: Mapped[int] = mapped_column(default=0)
    lease: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None]
    not_before: Mapped[datetime | None]
    waits: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(default=now)


class Usage(Base):
    """Tokens that one model call cost, and money where the project sets prices.

    `cached_tokens` of the prompt came from the server's prefix cache, as far as it says so.
    """

    __tablename__ = "usages"
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = _owner("projects")
    branch_id: Mapped[int | None] = mapped_column(ForeignKey("branches.id"))
    role: Mapped[str] = mapped_column(String(10))
    model: Mapped[str] = mapped_column(String(200))
    prompt_tokens: Mapped[int]
    cached_tokens: Mapped[int] = mapped_column(default=0)
    completion_tokens: Mapped[int]
    cost: Mapped[float]
    at: Mapped[datetime] = mapped_column(default=now)


class Dataset(Base):
    """An immutable, fingerprinted export. `fingerprint` and `manifest` are set once it is built."""

    __tablename__ = "datasets"
    __table_args__ = (UniqueConstraint("project_id", "name"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = _owner("projects")
    name: Mapped[str] = mapped_column(String(120))
    format: Mapped[str] = mapped_column(String(40))
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(String(10), default="building")
    fingerprint: Mapped[str | None] = mapped_column(String(64))
    manifest: Mapped[dict[str, Any] | None]
    error: Mapped[str] = mapped_column(Text, default="")
    actor_name: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(default=now)


class Event(Base):
    """What somebody did, appended and never changed. `subject` is like `proposal:871`."""

    __tablename__ = "events"
    __table_args__ = (Index("ix_events_trace", "trace_id", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int | None] = mapped_column(ForeignKey("projects.id"), index=True)
    trace_id: Mapped[int | None] = mapped_column(ForeignKey("traces.id"))
    actor: Mapped[dict[str, Any]]
    verb: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(60))
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    at: Mapped[datetime] = mapped_column(default=now)


class SearchText(Base):
    """An entry of the full-text index: which row of which table its words are of.

    The words are in `search_words`, which each engine keeps in its own way (`app.db.search`).
    """

    __tablename__ = "search_texts"
    id: Mapped[int] = mapped_column(primary_key=True)
    about: Mapped[str] = mapped_column(String(10))
    """problem, step or proposal"""
    subject_id: Mapped[int]
