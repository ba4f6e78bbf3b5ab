"""Benchmarks that the installation knows, whatever project they are used in."""

from datetime import datetime
from typing import Any

from sqlalchemy import String, Text, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import Base, owner
from app.db.types import now


class Benchmark(Base):
    """A published set of problems. `evaluation` keeps it, and what is near it, out of training.

    `url`, `licence` and `redistribution` are what its source says, None or "" where nobody recorded
    it; `label_errors` is what is known of wrong references. `file_hash` is the SHA-256 of the file.
    """

    __tablename__ = "benchmarks"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    url: Mapped[str] = mapped_column(String(500), default="")
    licence: Mapped[str] = mapped_column(String(200), default="")
    redistribution: Mapped[bool | None]
    evaluation: Mapped[bool] = mapped_column(default=True, server_default=true())
    label_errors: Mapped[str] = mapped_column(Text, default="")
    file_hash: Mapped[str] = mapped_column(String(64))
    actor_name: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(default=now)


class BenchmarkProblem(Base):
    """A problem of a benchmark; `number` is its row in the file, from 1."""

    __tablename__ = "benchmark_problems"
    __table_args__ = (UniqueConstraint("benchmark_id", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    benchmark_id: Mapped[int] = owner("benchmarks")
    number: Mapped[int]
    question: Mapped[str] = mapped_column(Text)
    reference: Mapped[dict[str, Any]]
    external_id: Mapped[str | None] = mapped_column(String(200))
