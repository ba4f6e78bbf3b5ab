"""What a person did, as far as their guide needs to know."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.tables import Verdict


def gave_verdict(session: Session, user_id: int, since: datetime | None) -> bool:
    """Whether a person gave a verdict, withdrawn or not; since a moment, or ever."""
    query = select(Verdict.id).where(Verdict.user_id == user_id)
    if since is not None:
        query = query.where(Verdict.at >= since)
    return session.scalar(query.limit(1)) is not None
