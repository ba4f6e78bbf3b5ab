"""Benchmarks: what there is, what is kept for evaluation, and what each says of its use."""

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.core.fields import plain_name
from app.db.tables import Benchmark, BenchmarkProblem


class Licence(NamedTuple):
    """What the source of a benchmark says of its use; None is not known."""

    url: str | None
    licence: str | None
    redistribution: bool | None


class ListedBenchmark(NamedTuple):
    """A benchmark with how many problems it has, and how many references can't be read."""

    benchmark: Benchmark
    problems: int
    unread: int


def benchmarks_of(session: Session) -> list[ListedBenchmark]:
    """Every benchmark by name."""
    unknown = BenchmarkProblem.reference["kind"].as_string() == "unknown"
    counts = (func.count(BenchmarkProblem.id), func.count(case((unknown, 1))))
    query = select(Benchmark, *counts).outerjoin(
        BenchmarkProblem, BenchmarkProblem.benchmark_id == Benchmark.id
    )
    found = session.execute(query.group_by(Benchmark.id).order_by(Benchmark.name))
    return [ListedBenchmark(*row) for row in found]


def kept_for_evaluation(session: Session) -> Iterator[tuple[str, int, str]]:
    """The problems that no training may see: benchmark, number and text."""
    query = (
        select(Benchmark.name, BenchmarkProblem.number, BenchmarkProblem.question)
        .join(Benchmark, Benchmark.id == BenchmarkProblem.benchmark_id)
        .where(Benchmark.evaluation)
        .order_by(BenchmarkProblem.id)
    )
    yield from ((name, number, question) for name, number, question in session.execute(query))


def names_kept(session: Session) -> list[str]:
    """The names of the benchmarks that are kept for evaluation."""
    return list(session.scalars(select(Benchmark.name).where(Benchmark.evaluation)))


def licences(session: Session) -> dict[str, Licence]:
    """What each benchmark says of its use, by its plain name."""
    return {
        plain_name(each.name): Licence(each.url or None, each.licence or None, each.redistribution)
        for each in session.scalars(select(Benchmark))
    }
