"""Invitations, mails to be sent, and where a mail reaches a person."""

import sqlalchemy as sa
from alembic import op

from app.db.types import Moment

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this schema."""
    op.add_column("users", sa.Column("email", sa.String(254), server_default="", nullable=False))
    op.create_table(
        "invitations",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("project_id", sa.Integer, nullable=False),
        sa.Column("role", sa.String(12), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("token_hash", sa.String(64)),
        sa.Column("by_id", sa.Integer),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("expires_at", Moment, nullable=False),
        sa.Column("used_at", Moment),
        sa.Column("used_by_id", sa.Integer),
        sa.Column("withdrawn_at", Moment),
        _reference("invitations", "project_id", "projects", "CASCADE"),
        _reference("invitations", "by_id", "users", "SET NULL"),
        _reference("invitations", "used_by_id", "users", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitations_token_hash")),
    )
    op.create_index(op.f("ix_invitations_project_id"), "invitations", ["project_id"])
    op.create_table(
        "mails",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Integer),
        sa.Column("invitation_id", sa.Integer),
        sa.Column("language", sa.String(20), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("not_before", Moment),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        _reference("mails", "user_id", "users", "CASCADE"),
        _reference("mails", "invitation_id", "invitations", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mails")),
    )
    op.create_index(op.f("ix_mails_invitation_id"), "mails", ["invitation_id"])


def _reference(table: str, column: str, other: str, gone: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=gone)
