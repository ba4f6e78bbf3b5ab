"""Webhooks and what became of their messages."""

import sqlalchemy as sa
from alembic import op

from app.db.types import Json, Moment

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this schema."""
    op.create_table(
        "webhooks",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("project_id", sa.Integer, nullable=False),
        sa.Column("url", sa.String(500), nullable=False),
        sa.Column("kinds", Json, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("said", sa.Text, nullable=False),
        sa.Column("secret", sa.LargeBinary, nullable=False),
        sa.Column("old_secret", sa.LargeBinary),
        sa.Column("old_until", Moment),
        sa.Column("lease", sa.String(32)),
        sa.Column("lease_until", Moment),
        sa.Column("not_before", Moment),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("failing_since", Moment),
        sa.Column("created_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_webhooks"),
        _to("webhooks", "project_id", "projects", ondelete="CASCADE"),
    )
    op.create_index("ix_webhooks_project_id", "webhooks", ["project_id"])
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("webhook_id", sa.Integer, nullable=False),
        sa.Column("event_id", sa.Integer),
        sa.Column("message_id", sa.String(40), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("not_before", Moment),
        sa.Column("tried_at", Moment),
        sa.Column("created_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        _to("deliveries", "webhook_id", "webhooks", ondelete="CASCADE"),
        _to("deliveries", "event_id", "events"),
    )
    op.create_index("ix_deliveries_webhook", "deliveries", ["webhook_id", "state", "id"])
    op.create_index("ix_deliveries_event_id", "deliveries", ["event_id"])
    op.create_index("ix_deliveries_created_at", "deliveries", ["created_at"])


def _to(table: str, column: str, target: str, **more: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}_{target}"
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, **more)
