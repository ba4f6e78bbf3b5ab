"""Mark the branches that somebody sampled again."""

import sqlalchemy as sa
from alembic import op

from app.db.types import Json

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this schema. Nothing was sampled again before it."""
    op.add_column("branches", sa.Column("sampled", Json))
