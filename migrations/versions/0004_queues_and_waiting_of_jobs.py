"""A job knows its queue, and may wait until a moment."""

import sqlalchemy as sa
from alembic import op

from app.db.types import Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this schema. A branch that grows waits for a program where its last step is one."""
    queue = sa.Column("queue", sa.String(length=10), nullable=False, server_default="model")
    op.add_column("jobs", queue)
    op.add_column("jobs", sa.Column("not_before", Moment(), nullable=True))
    op.add_column("jobs", sa.Column("waits", sa.Integer(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE jobs SET queue = 'execution'"
        " WHERE kind IN ('check', 'solves', 'build') OR kind = 'grow' AND 'code' = ("
        "SELECT kind FROM steps WHERE branch_id = jobs.branch_id ORDER BY number DESC LIMIT 1)"
    )
