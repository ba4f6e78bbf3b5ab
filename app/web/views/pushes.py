"""Where a dataset was pushed, and the form for another place."""

from datetime import datetime

from pydantic import Field
from sqlalchemy.orm import Session

from app.actions.pushes import forbidding
from app.core.model import Frozen
from app.db.queries.pushes import pushes_of
from app.db.tables import Dataset, Push


class PushView(Frozen):
    """A place that a dataset is on its way to, or at. `state` is pushing, done or failed, which
    `error` explains; `done` of `total` bytes are there, `total` 0 until the store was asked."""

    id: int
    target: str = Field(examples=["hf://datasets/OWNER/NAME"])
    state: str
    error: str
    done: int
    total: int
    by: str
    created_at: datetime


class PushesView(Frozen):
    """All places of a dataset; `forbidden` are its sources that forbid redistribution."""

    dataset_id: int
    pushes: tuple[PushView, ...]
    forbidden: tuple[str, ...]

    @property
    def going(self) -> bool:
        """Whether one is under way."""
        return any(each.state == "pushing" for each in self.pushes)


def push_view(row: Push) -> PushView:
    """One place."""
    named = {name: getattr(row, name) for name in PushView.model_fields.keys() - {"by"}}
    return PushView(**named, by=row.actor_name)


def pushes_view(session: Session, dataset: Dataset) -> PushesView:
    """All places of a dataset."""
    return PushesView(
        dataset_id=dataset.id,
        pushes=tuple(map(push_view, pushes_of(session, dataset.id))),
        forbidden=tuple(forbidding(session, dataset)),
    )
