"""Let traces with a known verdict measure annotators."""

import sqlalchemy as sa
from alembic import op

from app.db.types import Json, Moment

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this schema."""
    op.create_table(
        "gold_standards",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trace_id", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(8), nullable=False),
        sa.Column("flaw", sa.String(60)),
        sa.Column("step", sa.Integer()),
        sa.Column("seen_by", Json, nullable=False),
        sa.Column("kept", Json, nullable=False),
        sa.Column("by_id", sa.Integer()),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("ended_at", Moment()),
        sa.PrimaryKeyConstraint("id", name="pk_gold_standards"),
        sa.ForeignKeyConstraint(
            ["trace_id"],
            ["traces.id"],
            name="fk_gold_standards_trace_id_traces",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["users.id"], name="fk_gold_standards_by_id_users", ondelete="SET NULL"
        ),
    )
    op.create_index("ix_gold_standards_trace_id", "gold_standards", ["trace_id"])
    op.add_column("traces", sa.Column("gold_id", sa.Integer()))
    for table in ("claims", "verdicts"):
        name = f"fk_{table}_gold_id_gold_standards"
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("gold_id", sa.Integer()))
            batch.create_foreign_key(name, "gold_standards", ["gold_id"], ["id"])
    op.create_index("ix_verdicts_gold_id", "verdicts", ["gold_id"])
