"""Batches and datasets as the API shows them."""

from datetime import datetime

from pydantic import Field
from sqlalchemy.orm import Session

from app.actions.batches import BatchProgress, progress_of
from app.core.model import Frozen
from app.core.options import DatasetOptions
from app.db.queries.work import failures_of
from app.db.tables import Batch, Dataset
from export.manifest import Manifest
from export.upgrade import manifest_from


class BatchLine(Frozen):
    """A batch in a list."""

    id: int = Field(examples=[4])
    kind: str = Field(examples=["generate", "propose"])
    by: str
    created_at: datetime


class Failure(Frozen):
    """Work that failed: on which trace, and why."""

    trace_id: int
    error: str


class BatchView(BatchLine):
    """A batch: how far it is, and the first hundred failures."""

    progress: BatchProgress
    failures: tuple[Failure, ...]


class DatasetLine(Frozen):
    """A dataset in a list. `state` is building, ready, failed (`error` says why) or
    cancelled; while it is building, `done` of `total` rows went by."""

    id: int = Field(examples=[2])
    name: str
    format: str
    state: str = Field(examples=["ready"])
    error: str
    done: int
    total: int | None
    fingerprint: str | None
    by: str
    created_at: datetime


class DatasetView(DatasetLine):
    """A dataset with what was asked for, and the manifest once it is built."""

    options: DatasetOptions
    manifest: Manifest | None


def batch_line(row: Batch) -> BatchLine:
    """A batch in a list."""
    return BatchLine(id=row.id, kind=row.kind, by=row.actor_name, created_at=row.created_at)


def batch_view(session: Session, row: Batch) -> BatchView:
    """One batch."""
    failed = failures_of(session, row.id)
    return BatchView(
        **dict(batch_line(row)),
        progress=progress_of(session, row.id),
        failures=tuple(Failure(trace_id=trace_id, error=error) for trace_id, error in failed),
    )


def dataset_line(row: Dataset) -> DatasetLine:
    """A dataset in a list."""
    named = {name: getattr(row, name) for name in DatasetLine.model_fields.keys() - {"by"}}
    return DatasetLine(**named, by=row.actor_name)


def dataset_view(row: Dataset) -> DatasetView:
    """One dataset."""
    return DatasetView(
        **dict(dataset_line(row)),
        options=DatasetOptions.model_validate(row.options),
        manifest=manifest_from(row.manifest) if row.manifest else None,
    )
