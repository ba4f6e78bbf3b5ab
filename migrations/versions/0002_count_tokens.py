"""Count the tokens that branches hold and keep, and those that a server had cached."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this schema. Steps without a count are estimated, as everywhere: four bytes a token."""
    op.add_column("usages", _count("cached_tokens"))
    op.add_column("branches", _count("tokens"))
    op.add_column("branches", _count("kept_tokens"))
    op.execute(
        "UPDATE branches SET tokens = ("
        "SELECT COALESCE(SUM(COALESCE(tokens, (LENGTH(text) + 3) / 4)), 0)"
        " FROM steps WHERE branch_id = branches.id AND author = 'reasoner')"
    )


def _count(name: str) -> "sa.Column[int]":
    return sa.Column(name, sa.Integer(), nullable=False, server_default="0")
