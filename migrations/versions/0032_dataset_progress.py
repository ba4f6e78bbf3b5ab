"""Let the build of a dataset say how far it is."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this schema."""
    op.add_column("datasets", sa.Column("done", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("datasets", sa.Column("total", sa.Integer()))
