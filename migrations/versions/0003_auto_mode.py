"""What a project lets pass without a person."""

import sqlalchemy as sa
from alembic import op

from app.db.types import Json

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this schema."""
    op.add_column("projects", sa.Column("policy", Json, nullable=False, server_default="{}"))
