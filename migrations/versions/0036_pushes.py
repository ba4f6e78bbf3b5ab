"""Push datasets to stores."""

import sqlalchemy as sa
from alembic import op

from app.db.types import Moment

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this schema."""
    op.create_table(
        "pushes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("target", sa.String(300), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("actor_name", sa.String(120), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_pushes"),
        sa.UniqueConstraint("dataset_id", "target", name="uq_pushes_dataset_id_target"),
        sa.ForeignKeyConstraint(
            ["dataset_id"],
            ["datasets.id"],
            name="fk_pushes_dataset_id_datasets",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_pushes_dataset_id", "pushes", ["dataset_id"])
    with op.batch_alter_table("jobs") as batch:
        batch.add_column(sa.Column("push_id", sa.Integer()))
        batch.create_foreign_key("fk_jobs_push_id_pushes", "pushes", ["push_id"], ["id"])
