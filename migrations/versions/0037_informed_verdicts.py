"""Let a verdict say that its person had seen what others decided."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this schema."""
    informed = sa.Column("informed", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("verdicts", informed)
