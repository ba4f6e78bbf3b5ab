"""People: everybody, the members of one project, and who comes in with which tokens."""

from collections.abc import Sequence

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.core.chain import is_removed
from app.db.tables import Membership, SecondFactor, ServiceAccount, Token, User


def everybody(session: Session) -> Sequence[User]:
    """All people with an account, by name, but those who were removed."""
    services = select(ServiceAccount.user_id)
    users = session.scalars(select(User).where(User.id.not_in(services)).order_by(User.name))
    return [user for user in users if not is_removed(user.name)]


def services_of(session: Session, project_id: int) -> Sequence[Row[User, str | None]]:
    """The service accounts of a project by name, each with its role, but for removed ones."""
    query = select(User, Membership.role).join(ServiceAccount, ServiceAccount.user_id == User.id)
    query = query.outerjoin(
        Membership,
        (Membership.user_id == User.id) & (Membership.project_id == ServiceAccount.project_id),
    )
    ours = query.where(ServiceAccount.project_id == project_id, User.active)
    return session.execute(ours.order_by(User.name)).all()


def tokens_of(session: Session, user_id: int) -> Sequence[Token]:
    """The tokens of an account that were not revoked, the newest first; run out ones too."""
    query = select(Token).where(Token.user_id == user_id, Token.revoked_at.is_(None))
    return session.scalars(query.order_by(Token.id.desc())).all()


def members_of(session: Session, project_id: int) -> Sequence[Row[User, str]]:
    """The members of a project by name, each with the role."""
    query = select(User, Membership.role).join(Membership, Membership.user_id == User.id)
    return session.execute(
        query.where(Membership.project_id == project_id).order_by(User.name)
    ).all()


def with_second_factor(session: Session) -> set[int]:
    """The ids of the people who are asked for a second factor."""
    return set(
        session.scalars(select(SecondFactor.user_id).where(SecondFactor.confirmed_at.is_not(None)))
    )
