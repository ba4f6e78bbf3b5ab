"""Let several people judge a trace, each for themselves."""

import sqlalchemy as sa
from alembic import op

from app.db.types import Moment

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this schema."""
    op.add_column("traces", sa.Column("overlap", sa.Integer(), nullable=False, server_default="1"))
    op.add_column(
        "verdicts", sa.Column("final", sa.Boolean(), nullable=False, server_default=sa.true())
    )
    with op.batch_alter_table("claims") as claims:
        claims.add_column(sa.Column("done_at", Moment()))
        claims.create_unique_constraint("uq_claims_trace_id_user_id", ["trace_id", "user_id"])
    op.add_column("branches", sa.Column("owner_id", sa.Integer()))
