"""Benchmarks: what there is, what is kept for evaluation, and what each says of its use."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from app.db.tables import Benchmark, BenchmarkProblem


class Terms(NamedTuple):
    """What the source of a benchmark says of it; None is not known."""

    url: str | None
    licence: str | None
    redistribution: bool | None


def benchmarks_of(session: Session) -> Sequence[Row[Benchmark, int]]:
    """Every benchmark by name, with how many problems it has."""
    many = func.count(BenchmarkProblem.id)
    query = select(Benchmark, many).outerjoin(
        BenchmarkProblem, BenchmarkProblem.benchmark_id == Benchmark.id
    )
    return session.execute(query.group_by(Benchmark.id).order_by(Benchmark.name)).all()


def kept_for_evaluation(session: Session) -> Iterator[tuple[str, int, str]]:
    """The problems that no training may see: benchmark, number and text."""
    query = (
        select(Benchmark.name, BenchmarkProblem.number, BenchmarkProblem.question)
        .join(Benchmark, Benchmark.id == BenchmarkProblem.benchmark_id)
        .where(Benchmark.evaluation)
        .order_by(BenchmarkProblem.id)
    )
    yield from ((name, number, question) for name, number, question in session.execute(query))


def licences(session: Session) -> dict[str, Terms]:
    """What each benchmark says of its use, by its name."""
    return {
        each.name: Terms(each.url or None, each.licence or None, each.redistribution)
        for each in session.scalars(select(Benchmark))
    }
