"""Keep what people try beside a trace, as notes."""

import sqlalchemy as sa
from alembic import op

from app.db.types import Json, Moment

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_OWNERS = {"trace_id": "traces", "branch_id": "branches", "step_id": "steps"}


def upgrade() -> None:
    """To this schema."""
    op.create_table(
        "notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trace_id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("step_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer()),
        sa.Column("actor", Json, nullable=False),
        sa.Column("asked", Json, nullable=False),
        sa.Column("found", Json),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("ended_at", Moment()),
        sa.Column("withdrawn_at", Moment()),
        sa.PrimaryKeyConstraint("id", name="pk_notes"),
        *(_owner(column, table) for column, table in _OWNERS.items()),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_notes_user_id_users"),
    )
    for column in (*_OWNERS, "user_id"):
        op.create_index(f"ix_notes_{column}", "notes", [column])
    with op.batch_alter_table("jobs") as batch:
        batch.add_column(sa.Column("note_id", sa.Integer()))
        batch.create_foreign_key("fk_jobs_note_id_notes", "notes", ["note_id"], ["id"])
        batch.create_index("ix_jobs_note_id", ["note_id"])


def _owner(column: str, table: str) -> sa.ForeignKeyConstraint:
    name = f"fk_notes_{column}_{table}"
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=name, ondelete="CASCADE")
