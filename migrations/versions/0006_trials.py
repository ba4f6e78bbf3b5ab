"""Number the branches of a lineage, and let others try a hint outside it."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this schema. Every branch there is belongs to its trace's lineage, in the order made."""
    op.add_column("branches", sa.Column("number", sa.Integer()))
    op.execute(
        "UPDATE branches SET number = ("
        "SELECT COUNT(*) FROM branches AS earlier"
        " WHERE earlier.trace_id = branches.trace_id AND earlier.id <= branches.id)"
    )
    op.create_index("ix_branches_number", "branches", ["trace_id", "number"], unique=True)
    op.create_table(
        "trials",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_trials"),
        sa.UniqueConstraint("branch_id", name="uq_trials_branch_id"),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposals.id"],
            name="fk_trials_proposal_id_proposals",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branches.id"], name="fk_trials_branch_id_branches"
        ),
    )
    op.create_index("ix_trials_proposal_id", "trials", ["proposal_id"])
