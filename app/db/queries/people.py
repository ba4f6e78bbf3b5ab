"""People: everybody, and the members of one project."""

from collections.abc import Sequence

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.db.tables import Membership, User


def everybody(session: Session) -> Sequence[User]:
    """All accounts by name."""
    return session.scalars(select(User).order_by(User.name)).all()


def members_of(session: Session, project_id: int) -> Sequence[Row[User, str]]:
    """The members of a project by name, each with the role."""
    query = select(User, Membership.role).join(Membership, Membership.user_id == User.id)
    return session.execute(
        query.where(Membership.project_id == project_id).order_by(User.name)
    ).all()
