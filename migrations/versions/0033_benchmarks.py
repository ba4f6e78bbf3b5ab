"""Know benchmarks, and keep those for evaluation out of training."""

import sqlalchemy as sa
from alembic import op

from app.db.types import Json, Moment

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this schema."""
    op.create_table(
        "benchmarks",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("url", sa.String(500), nullable=False),
        sa.Column("licence", sa.String(200), nullable=False),
        sa.Column("redistribution", sa.Boolean),
        sa.Column("evaluation", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.Column("label_errors", sa.Text, nullable=False),
        sa.Column("file_hash", sa.String(64), nullable=False),
        sa.Column("actor_name", sa.String(120), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_benchmarks")),
        sa.UniqueConstraint("name", name=op.f("uq_benchmarks_name")),
    )
    op.create_table(
        "benchmark_problems",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("benchmark_id", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("reference", Json, nullable=False),
        sa.Column("external_id", sa.String(200)),
        sa.ForeignKeyConstraint(
            ["benchmark_id"],
            ["benchmarks.id"],
            name=op.f("fk_benchmark_problems_benchmark_id_benchmarks"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_benchmark_problems")),
        sa.UniqueConstraint(
            "benchmark_id", "number", name=op.f("uq_benchmark_problems_benchmark_id_number")
        ),
    )
    op.create_index(
        op.f("ix_benchmark_problems_benchmark_id"), "benchmark_problems", ["benchmark_id"]
    )
