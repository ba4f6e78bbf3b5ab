"""Let problems know the language that they are written in."""

import sqlalchemy as sa
from alembic import op

from app.core.tongue import language_of

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this schema; of the problems that are there it is found."""
    column = sa.Column("language", sa.String(2), nullable=False, server_default="")
    op.add_column("problems", column)
    problems = sa.table("problems", sa.column("id"), sa.column("question"), sa.column("language"))
    rows = op.get_bind().execute(sa.select(problems.c.id, problems.c.question)).all()
    for row in rows:
        if tag := language_of(row.question):
            found = sa.update(problems).where(problems.c.id == row.id)
            op.get_bind().execute(found.values(language=tag))
