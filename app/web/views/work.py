"""Batches: the list, and one of them."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.actions.batches import BatchProgress, progress_of
from app.core.language import N_, _, translated
from app.core.model import Frozen
from app.core.waiting import waiting_words
from app.db.queries.work import failures_of, newest_of, put_off_in
from app.db.tables import Batch

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


def _batch(session: Session, batch: Batch) -> BatchView:
    return BatchView(
        id=batch.id,
        kind=batch.kind,
        title=_("Batch %(id)s: %(kind)s", id=batch.id, kind=translated(KINDS[batch.kind])),
        by=batch.actor_name,
        at=batch.created_at,
        progress=progress_of(session, batch.id),
    )
