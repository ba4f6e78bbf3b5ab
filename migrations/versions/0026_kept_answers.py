"""Answers to requests that came with a key."""

import sqlalchemy as sa
from alembic import op

from app.db.types import Json, Moment

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this schema."""
    op.create_table(
        "kept_answers",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("token_id", sa.Integer, nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("request", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("headers", Json, nullable=False),
        sa.Column("body", sa.LargeBinary),
        sa.Column("at", Moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["token_id"],
            ["tokens.id"],
            name=op.f("fk_kept_answers_token_id_tokens"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_answers")),
        sa.UniqueConstraint("token_id", "key", name=op.f("uq_kept_answers_token_id_key")),
    )
    op.create_index(op.f("ix_kept_answers_token_id"), "kept_answers", ["token_id"])
    op.create_index(op.f("ix_kept_answers_at"), "kept_answers", ["at"])
