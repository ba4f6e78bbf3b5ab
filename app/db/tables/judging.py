"""What was proposed for a branch, tried, noted beside it, and decided about it."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ForeignKey,
    String,
    Text,
    UniqueConstraint,
    false,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core.lifecycle import VerdictDecision, Withdrawal
from app.core.note import NoteState
from app.db.tables.base import Base, owner
from app.db.types import now


class ProposalRow(Base):
    """A suggested hint, its first words for ever. `proposal` is `app.core.proposal.Proposal`.

    `state` is what a judgement changes with one conditional UPDATE.
    """

    __tablename__ = "proposals"
    id: Mapped[int] = mapped_column(primary_key=True)
    trace_id: Mapped[int] = owner("traces")
    branch_id: Mapped[int] = owner("branches")
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
    proposal_id: Mapped[int] = owner("proposals")
    branch_id: Mapped[int] = mapped_column(ForeignKey("branches.id"), unique=True)
    words: Mapped[str | None] = mapped_column(Text)


class Note(Base):
    """What somebody tried beside a step of a trace; never a part of it.

    `asked` and `found` are `app.core.note`'s as JSON, `found` None until it ended, and `error` is
    why there is none. Its author can withdraw it: then no page shows it, and the events stay.
    """

    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    trace_id: Mapped[int] = owner("traces")
    branch_id: Mapped[int] = owner("branches")
    """The branch on whose page it was asked."""
    step_id: Mapped[int] = owner("steps")
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
    branch_id: Mapped[int] = owner("branches")
    source: Mapped[dict[str, Any]]
    proposed: Mapped[int]
    reasons: Mapped[str] = mapped_column(Text, default="")
    failure: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(default=now)


class Judgement(Base):
    """A decision on a proposal; `words` and `cut` are what really went in."""

    __tablename__ = "judgements"
    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = owner("proposals")
    trace_id: Mapped[int] = owner("traces")
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
    """A decision on a finished branch: golden, discard or unsure; withdrawn, never deleted.

    One that is not `final` is a person's own under overlap: all of them together settle the trace,
    or a final one where they differ. `informed` says that it was given anew after its person had
    seen what others decided: it settles, and is no sign of agreement.
    """

    __tablename__ = "verdicts"
    id: Mapped[int] = mapped_column(primary_key=True)
    trace_id: Mapped[int] = owner("traces")
    branch_id: Mapped[int] = owner("branches")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    actor: Mapped[dict[str, Any]]
    decision: Mapped[VerdictDecision] = mapped_column(String(8))
    final: Mapped[bool] = mapped_column(default=True, server_default=true())
    informed: Mapped[bool] = mapped_column(default=False, server_default=false())
    reason: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(default=now)
    withdrawn_at: Mapped[datetime | None]
    withdrawal: Mapped[Withdrawal | None] = mapped_column(String(10))
    withdrawn_reason: Mapped[str] = mapped_column(Text, default="")
    gold_id: Mapped[int | None] = mapped_column(ForeignKey("gold_standards.id"), index=True)
    """The gold standard that it answers: then it decides nothing, and is scored."""


class GoldStandard(Base):
    """A trace whose verdict is known, by which annotators are measured without being told.

    `flaw` and `step` are its first flaw where they are known, `seen_by` who knew the trace before.
    `kept` is what was made one person's own for that time, to be given back (`app.actions.gold`).
    It stays when the mark is taken away (`ended_at`), as do the scores.
    """

    __tablename__ = "gold_standards"
    id: Mapped[int] = mapped_column(primary_key=True)
    trace_id: Mapped[int] = owner("traces")
    decision: Mapped[VerdictDecision] = mapped_column(String(8))
    flaw: Mapped[str | None] = mapped_column(String(60))
    step: Mapped[int | None]
    seen_by: Mapped[list[Any]]
    kept: Mapped[dict[str, Any]]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]
