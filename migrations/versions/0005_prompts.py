"""Give a project prompts of its own; what its Reasoner was told moves there."""

import sqlalchemy as sa
from alembic import op

from app.db.types import Json

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_PROJECTS = sa.table(
    "projects",
    sa.column("id", sa.Integer),
    sa.column("reasoner", Json),
    sa.column("intervener", Json),
    sa.column("prompts", Json),
)


def upgrade() -> None:
    """To this schema. An Intervener's settings could hold such words too, which nothing read."""
    with op.batch_alter_table("projects") as batch:
        batch.add_column(sa.Column("prompts", Json, nullable=False, server_default="{}"))
    connection = op.get_bind()
    columns = (_PROJECTS.c.id, _PROJECTS.c.reasoner, _PROJECTS.c.intervener)
    for row in connection.execute(sa.select(*columns)).all():
        if "system" in row.reasoner or "system" in row.intervener:
            connection.execute(_moved(row.id, dict(row.reasoner), dict(row.intervener)))


def _moved(
    project_id: int, reasoner: dict[str, object], intervener: dict[str, object]
) -> sa.Update:
    told = reasoner.pop("system", "")
    intervener.pop("system", None)
    return (
        sa.update(_PROJECTS)
        .where(_PROJECTS.c.id == project_id)
        .values(
            reasoner=reasoner,
            intervener=intervener,
            prompts={"reasoner": told} if told else {},
        )
    )
