"""Batches and datasets: the lists, and one of each."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.actions.batches import BatchProgress, progress_of
from app.core.language import N_, _, translated
from app.core.model import Frozen
from app.core.waiting import waiting_words
from app.db.queries.problems import known_references
from app.db.queries.projects import states_by_project
from app.db.queries.work import failures_of, newest_of, put_off_in
from app.db.tables import Batch, Dataset

FORMS = (
    ("messages", N_("messages: SFT as chat messages")),
    ("rows", N_("rows: SFT as segments, with what is trained on")),
    ("rl", N_("rl: prompts with their answers")),
)
KINDS = {"generate": N_("writing traces"), "propose": N_("looking for hints")}


class BatchView(Frozen):
    """One batch; `failures` are the traces whose work failed, each with the reason.

    `put_off` of those that are queued wait for a model server, and `waiting` is the first's reason.
    """

    id: int
    kind: str
    title: str
    by: str
    at: datetime
    progress: BatchProgress
    failures: tuple[tuple[int, str], ...] = ()
    put_off: int = 0
    waiting: str = ""


class DatasetView(Frozen):
    """One dataset; `manifest` is None until it is built."""

    id: int
    name: str
    format: str
    state: str
    error: str
    by: str
    at: datetime
    fingerprint: str | None
    manifest: dict[str, Any] | None


class DatasetsView(Frozen):
    """`golden` traces and problems with a `known` reference are what a new one could hold."""

    datasets: tuple[DatasetView, ...]
    golden: int
    known: int
    formats: tuple[tuple[str, str], ...] = FORMS


def batch_view(session: Session, batch: Batch) -> BatchView:
    """One batch with its failures, and what it waits for."""
    waiting = put_off_in(session, batch.id)
    return _batch(session, batch).model_copy(
        update={
            "failures": tuple(failures_of(session, batch.id)),
            "put_off": len(waiting),
            "waiting": waiting_words(*waiting[0]) if waiting else "",
        }
    )


def batches_view(session: Session, project_id: int) -> tuple[BatchView, ...]:
    """The newest batches of a project."""
    return tuple(_batch(session, each) for each in newest_of(session, Batch, project_id))


def dataset_view(dataset: Dataset) -> DatasetView:
    """One dataset."""
    return DatasetView(
        id=dataset.id,
        name=dataset.name,
        format=dataset.format,
        state=dataset.state,
        error=dataset.error,
        by=dataset.actor_name,
        at=dataset.created_at,
        fingerprint=dataset.fingerprint,
        manifest=dataset.manifest,
    )


def datasets_view(session: Session, project_id: int) -> DatasetsView:
    """The newest datasets of a project, and the form for another."""
    return DatasetsView(
        datasets=tuple(dataset_view(each) for each in newest_of(session, Dataset, project_id)),
        golden=states_by_project(session).get(project_id, {}).get("golden", 0),
        known=known_references(session, project_id),
    )


def _batch(session: Session, batch: Batch) -> BatchView:
    return BatchView(
        id=batch.id,
        kind=batch.kind,
        title=_("Batch %(id)s: %(kind)s", id=batch.id, kind=translated(KINDS[batch.kind])),
        by=batch.actor_name,
        at=batch.created_at,
        progress=progress_of(session, batch.id),
    )
