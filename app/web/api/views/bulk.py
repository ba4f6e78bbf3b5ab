"""A deed on many traces, as the API shows it."""

from pydantic import Field
from sqlalchemy.orm import Session

from app.actions.bulk import outlook
from app.core.bulk import BulkDeed
from app.core.language import translated
from app.core.model import Frozen
from app.db.tables import Bulk, Job


class LeftOut(Frozen):
    """Why traces are left out, and how many."""

    reason: str
    count: int


class BulkView(Frozen):
    """A plan (`state` planned), or how far its job is: `done` traces are, or would be, changed."""

    id: int = Field(examples=[6])
    deed: BulkDeed
    state: str = Field(examples=["planned", "queued", "running", "done", "failed", "cancelled"])
    chosen: int
    looked_at: int
    done: int
    left_out: tuple[LeftOut, ...]
    reason: str
    batch_id: int | None = Field(description="The batch that it began, where models work on it.")
    error: str


def bulk_view(session: Session, row: Bulk) -> BulkView:
    """The plan as it stands now, or what was done of it."""
    job = session.get(Job, row.job_id) if row.job_id else None
    ahead = outlook(session, row) if job is None else None
    left_out = ahead.left_out if ahead else tuple(row.left_out.items())
    return BulkView(
        id=row.id,
        deed=row.deed,
        state=job.state if job else "planned",
        chosen=len(row.trace_ids),
        looked_at=row.looked_at,
        done=ahead.done if ahead else row.done,
        left_out=tuple(LeftOut(reason=translated(why), count=n) for why, n in left_out),
        reason=row.reason,
        batch_id=row.batch_id,
        error=job.error if job else "",
    )
