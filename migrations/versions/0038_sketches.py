"""Keep each problem's sketch, for telling which are near each other."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this schema; workers make the sketches of problems that are there already."""
    op.create_table(
        "sketches",
        sa.Column("problem_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("problem_id", name="pk_sketches"),
        sa.ForeignKeyConstraint(
            ["problem_id"],
            ["problems.id"],
            name="fk_sketches_problem_id_problems",
            ondelete="CASCADE",
        ),
    )
