"""Let work be assigned: groups, what members know, rules, and traces given by hand."""

import sqlalchemy as sa
from alembic import op

from app.db.types import Moment

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this schema."""
    op.create_table(
        "groups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("archived_at", Moment()),
        sa.PrimaryKeyConstraint("id", name="pk_groups"),
        sa.UniqueConstraint("project_id", "name", name="uq_groups_project_id_name"),
        _to("groups", "project_id", "projects"),
    )
    op.create_index("ix_groups_project_id", "groups", ["project_id"])
    op.create_table(
        "group_members",
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("group_id", "user_id", name="pk_group_members"),
        _to("group_members", "group_id", "groups"),
        _to("group_members", "user_id", "users"),
    )
    op.create_index("ix_group_members_user_id", "group_members", ["user_id"])
    op.create_table(
        "knowledge",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("value", sa.String(60), nullable=False),
        sa.PrimaryKeyConstraint("project_id", "user_id", "kind", "value", name="pk_knowledge"),
        _to("knowledge", "project_id", "projects"),
        _to("knowledge", "user_id", "users"),
    )
    op.create_index("ix_knowledge_user_id", "knowledge", ["user_id"])
    op.create_table(
        "rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("user_id", sa.Integer()),
        sa.Column("group_id", sa.Integer()),
        sa.Column("skill", sa.String(60), nullable=False),
        sa.Column("exclusive", sa.Boolean(), nullable=False),
        sa.Column("max_open", sa.Integer()),
        sa.Column("max_day", sa.Integer()),
        sa.Column("max_total", sa.Integer()),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rules"),
        sa.CheckConstraint("user_id IS NULL OR group_id IS NULL", name="one_assignee"),
        _to("rules", "project_id", "projects"),
        _to("rules", "user_id", "users"),
        _to("rules", "group_id", "groups"),
    )
    op.create_index("ix_rules_project_id", "rules", ["project_id"])
    op.create_table(
        "assignments",
        sa.Column("trace_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer()),
        sa.Column("group_id", sa.Integer()),
        sa.Column("by_id", sa.Integer()),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("trace_id", name="pk_assignments"),
        _to("assignments", "trace_id", "traces"),
        _to("assignments", "user_id", "users"),
        _to("assignments", "group_id", "groups"),
        _to("assignments", "by_id", "users", ondelete="SET NULL"),
    )
    op.create_index("ix_assignments_user_id", "assignments", ["user_id"])
    op.create_index("ix_assignments_group_id", "assignments", ["group_id"])
    op.add_column("bulks", sa.Column("assignee", sa.String(20), nullable=False, server_default=""))


def _to(table: str, column: str, target: str, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}_{target}"
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete=ondelete)
