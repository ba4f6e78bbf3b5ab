"""Where the datasets of a project were pushed."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.tables import Push


def pushes_of(session: Session, dataset_id: int) -> Sequence[Push]:
    """Every place of a dataset, the newest first."""
    query = select(Push).where(Push.dataset_id == dataset_id)
    return session.scalars(query.order_by(Push.created_at.desc(), Push.id.desc())).all()
