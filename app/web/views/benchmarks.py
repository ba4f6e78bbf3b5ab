"""The benchmarks of the installation, and what became of a file that was added."""

from datetime import datetime

from pydantic import Field
from sqlalchemy.orm import Session

from app.actions.benchmarks import AddedBenchmark
from app.core.model import Frozen
from app.db.queries.benchmarks import benchmarks_of

SHOWN = 20


class BenchmarkView(Frozen):
    """A benchmark: what its source says of it, and how many of its references can't be read."""

    id: int
    name: str = Field(examples=["IndustryOR"])
    url: str
    licence: str
    redistribution: bool | None
    label_errors: str
    evaluation: bool
    problems: int
    unread: int
    file_hash: str
    by: str
    created_at: datetime


class BenchmarksView(Frozen):
    """All of them; `added` is the report on a file that was sent just now."""

    benchmarks: tuple[BenchmarkView, ...]
    upload_mb: int
    added: AddedBenchmark | None = None
    shown: int = SHOWN


def benchmark_views(session: Session) -> tuple[BenchmarkView, ...]:
    """Every benchmark, by name."""
    own = BenchmarkView.model_fields.keys() - {"problems", "unread", "by"}
    return tuple(
        BenchmarkView(
            **{name: getattr(each, name) for name in own},
            problems=many,
            unread=unread,
            by=each.actor_name,
        )
        for each, many, unread in benchmarks_of(session)
    )
