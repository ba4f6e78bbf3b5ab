"""Keep each person's time on the task, for themselves."""

import sqlalchemy as sa
from alembic import op

from app.db.types import Moment

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this schema."""
    op.create_table(
        "work_times",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("trace_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_work_times"),
        sa.UniqueConstraint(
            "user_id", "trace_id", "day", name="uq_work_times_user_id_trace_id_day"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_work_times_user_id_users", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["trace_id"], ["traces.id"], name="fk_work_times_trace_id_traces", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_work_times_trace_id", "work_times", ["trace_id"])
    op.create_table(
        "work_marks",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="pk_work_marks"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_work_marks_user_id_users", ondelete="CASCADE"
        ),
    )
