"""What the API keeps of the requests that it was sent with a key."""

from datetime import datetime
from typing import Any

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import Base, owner
from app.db.types import now


class KeptAnswer(Base):
    """The answer to the request that a token sent under a key; no `status` until it ended.

    `key` and `request` are hashes: of the key, and of all that the request asked for.
    """

    __tablename__ = "kept_answers"
    __table_args__ = (UniqueConstraint("token_id", "key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    token_id: Mapped[int] = owner("tokens")
    key: Mapped[str] = mapped_column(String(64))
    request: Mapped[str] = mapped_column(String(64))
    status: Mapped[int | None]
    headers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    body: Mapped[bytes | None]
    at: Mapped[datetime] = mapped_column(default=now, index=True)
