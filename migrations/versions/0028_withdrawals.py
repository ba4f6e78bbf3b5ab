"""Say how a verdict was taken back apart from the reason that somebody gave."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this schema; until now two reasons said it."""
    op.add_column("verdicts", sa.Column("withdrawal", sa.String(10)))
    verdicts = sa.table(
        "verdicts",
        sa.column("withdrawal"),
        sa.column("withdrawn_at"),
        sa.column("withdrawn_reason"),
    )
    kinds = {"undone": "undone", "reference changed": "reference"}
    how = sa.case(kinds, value=verdicts.c.withdrawn_reason, else_="reopened")
    taken_back = verdicts.c.withdrawn_at.is_not(None)
    op.execute(sa.update(verdicts).where(taken_back).values(withdrawal=how))
