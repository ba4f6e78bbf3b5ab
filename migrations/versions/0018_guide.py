"""Remember where a person left the guided first trace."""

import sqlalchemy as sa
from alembic import op

from app.db.types import Json

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this schema."""
    op.add_column("preferences", sa.Column("guide", Json))
