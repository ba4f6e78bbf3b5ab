"""Let a person choose a language."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this schema. Whoever has not chosen reads what the browser asks for."""
    language = sa.Column("language", sa.String(20), nullable=False, server_default="")
    op.add_column("users", language)
