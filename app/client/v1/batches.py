"""The operations of the API on batches. Written by `make openapi`."""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from app.client.base import Operations, Shown
from app.core.model import Frozen


class BatchLine(Shown):
    """A batch in a list."""

    id: int
    kind: str
    by: str
    created_at: datetime


class NewBatch(Frozen):
    """What to work on: a trace of each of these problems, or a look for hints on each of
    these branches.
    """

    kind: Literal["generate", "propose"]
    ids: tuple[int, ...]


class BatchProgress(Shown):
    """How far a batch is; `total` is the sum of the others."""

    total: int
    queued: int
    running: int
    done: int
    failed: int
    cancelled: int
    state: str


class Failure(Shown):
    """Work that failed: on which trace, and why."""

    trace_id: int
    error: str


class BatchView(BatchLine):
    """A batch: how far it is, and the first hundred failures."""

    progress: BatchProgress
    failures: tuple[Failure, ...]


class BatchesOperations(Operations):
    """What can be asked for."""

    def list_batches(self, slug: str, *, limit: int = 50) -> Iterator[BatchLine]:
        """The batches of a project."""
        return self._list(BatchLine, ("projects", slug, "batches"), limit=limit)

    def start_batch(self, slug: str, body: NewBatch) -> BatchView:
        """Start a batch. For leads.

        Of many, what somebody else began or took away meanwhile is left out.
        """
        return self._one(BatchView, "POST", ("projects", slug, "batches"), body=body)

    def get_batch(self, slug: str, batch_id: int, *, seen: Shown | None = None) -> BatchView:
        """One batch: how far it is, and what failed."""
        return self._one(BatchView, "GET", ("projects", slug, "batches", batch_id), seen=seen)

    def stop_batch(self, slug: str, batch_id: int) -> BatchView:
        """Stop what is left of a batch; what was finished stays. For leads."""
        return self._one(BatchView, "POST", ("projects", slug, "batches", batch_id, "stop"))
