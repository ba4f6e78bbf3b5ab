"""Say of a session where it was opened and when it was used; count guesses."""

import sqlalchemy as sa
from alembic import op

from app.db.types import Moment

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this schema."""
    op.add_column("logins", sa.Column("browser", sa.String(40), server_default="", nullable=False))
    op.add_column("logins", sa.Column("network", sa.String(10), server_default="", nullable=False))
    op.add_column("logins", sa.Column("seen_at", Moment))
    op.create_table(
        "attempts",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("until", Moment, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_attempts")),
    )
