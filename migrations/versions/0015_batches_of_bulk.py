"""A deed on many traces that models work for is a batch too."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this schema."""
    with op.batch_alter_table("bulks") as bulks:
        bulks.add_column(sa.Column("batch_id", sa.Integer()))
        bulks.create_foreign_key("fk_bulks_batch_id_batches", "batches", ["batch_id"], ["id"])
