"""The operations of the API on benchmarks. Written by `make openapi`."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from app.client.base import Operations, Shown
from app.core.model import Frozen


class BenchmarkView(Shown):
    """A benchmark: what its source says of it, and how many of its references can't be
    read.
    """

    id: int
    name: str
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


class UnreadReference(Shown):
    """The row, from 1, of a problem whose reference can't be read, and what stands there."""

    row: int
    said: str


class AddedBenchmark(Shown):
    """What became of a file: the columns that its fields were found in, and the references
    that can't be read, whose problems are in all the same.
    """

    id: int
    name: str
    evaluation: bool
    file_hash: str
    problems: int
    fields: dict[str, str]
    unread: tuple[UnreadReference, ...]


class ChangedBenchmark(Frozen):
    """Whether it is kept for evaluation, out of every dataset that is built from then on."""

    evaluation: bool


class BenchmarksOperations(Operations):
    """What can be asked for."""

    def list_benchmarks(self, *, limit: int = 50) -> Iterator[BenchmarkView]:
        """All of them."""
        return self._list(BenchmarkView, ("benchmarks",), limit=limit)

    def add_benchmark(
        self,
        file: Path,
        *,
        name: str,
        url: str = "",
        licence: str = "",
        redistribution: bool | None = None,
        label_errors: str = "",
        evaluation: bool = True,
    ) -> AddedBenchmark:
        """Add one from its file; says which columns were found, and each reference that can't
        be read. For administrators.
        """
        return self._upload(
            AddedBenchmark,
            ("benchmarks",),
            file,
            name=name,
            url=url,
            licence=licence,
            redistribution=redistribution,
            label_errors=label_errors,
            evaluation=evaluation,
        )

    def get_benchmark(self, benchmark_id: int, *, seen: Shown | None = None) -> BenchmarkView:
        """One of them."""
        return self._one(BenchmarkView, "GET", ("benchmarks", benchmark_id), seen=seen)

    def change_benchmark(
        self, benchmark_id: int, body: ChangedBenchmark, *, seen: Shown | None = None
    ) -> BenchmarkView:
        """Keep one out of training, or let it in. For administrators."""
        return self._one(BenchmarkView, "PATCH", ("benchmarks", benchmark_id), body=body, seen=seen)

    def delete_benchmark(self, benchmark_id: int) -> None:
        """Remove one and its problems; what was built with it stays. For administrators."""
        self._none("DELETE", ("benchmarks", benchmark_id))
