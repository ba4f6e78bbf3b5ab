"""What lets people and programs in, and what holds back those who guess."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import Base
from app.db.types import now


class Attempt(Base):
    """Guesses under one key, the hash of a name or a network: how many, and when one may go on."""

    __tablename__ = "attempts"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime] = mapped_column(default=now)
    until: Mapped[datetime] = mapped_column(default=now)
