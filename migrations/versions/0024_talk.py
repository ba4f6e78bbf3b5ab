"""Let people talk about a trace."""

import sqlalchemy as sa
from alembic import op

from app.db.types import Moment

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this schema."""
    op.create_table(
        "threads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trace_id", sa.Integer(), nullable=False),
        sa.Column("step_id", sa.Integer()),
        sa.Column("proposal_id", sa.Integer()),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("resolved_at", Moment()),
        sa.Column("resolved_by", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name="pk_threads"),
        _to("threads", "trace_id", "traces", ondelete="CASCADE"),
        _to("threads", "step_id", "steps"),
        _to("threads", "proposal_id", "proposals"),
        _to("threads", "user_id", "users"),
        _to("threads", "resolved_by", "users"),
    )
    op.create_index("ix_threads_trace_id", "threads", ["trace_id"])
    op.create_table(
        "comments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("withdrawn_at", Moment()),
        sa.PrimaryKeyConstraint("id", name="pk_comments"),
        _to("comments", "thread_id", "threads", ondelete="CASCADE"),
        _to("comments", "user_id", "users"),
    )
    op.create_index("ix_comments_thread_id", "comments", ["thread_id"])
    op.create_table(
        "mentions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", Moment()),
        sa.PrimaryKeyConstraint("id", name="pk_mentions"),
        sa.UniqueConstraint("user_id", "comment_id", name="uq_mentions_user_id_comment_id"),
        _to("mentions", "comment_id", "comments", ondelete="CASCADE"),
        _to("mentions", "user_id", "users", ondelete="CASCADE"),
    )
    op.create_index("ix_mentions_comment_id", "mentions", ["comment_id"])


def _to(table: str, column: str, target: str, **more: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}_{target}"
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, **more)
