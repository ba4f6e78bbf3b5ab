"""Let people question a reference, and note which solve an answer rests on."""

import sqlalchemy as sa
from alembic import op

from app.db.types import Moment

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this schema."""
    op.add_column("branches", sa.Column("verified_by", sa.Integer()))
    op.add_column(
        "reference_changes",
        sa.Column("confirms", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_table(
        "doubts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("problem_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer()),
        sa.Column("actor_name", sa.String(120), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Integer()),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("withdrawn_at", Moment()),
        sa.PrimaryKeyConstraint("id", name="pk_doubts"),
        sa.ForeignKeyConstraint(
            ["problem_id"],
            ["problems.id"],
            name="fk_doubts_problem_id_problems",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_doubts_user_id_users"),
        sa.ForeignKeyConstraint(
            ["answered_by"],
            ["reference_changes.id"],
            name="fk_doubts_answered_by_reference_changes",
        ),
    )
    op.create_index("ix_doubts_problem_id", "doubts", ["problem_id"])
