"""Problems in short, for telling which are near each other."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import Base


class SketchRow(Base):
    """A problem's sketch (`export.sketch`), packed, and the version of how it was made."""

    __tablename__ = "sketches"
    problem_id: Mapped[int] = mapped_column(
        ForeignKey("problems.id", ondelete="CASCADE"), primary_key=True
    )
    version: Mapped[int]
    packed: Mapped[bytes]
