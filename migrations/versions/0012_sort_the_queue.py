"""Keep on a trace what the queue sorts and filters by, and the order that a person chose."""

import sqlalchemy as sa
from alembic import op

from app.core.certainty import OpenHint, certainty
from app.db.types import Json

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this schema. Trials and who reopened what count from a trace's next change on."""
    whole = sa.Column("certainty", sa.Integer(), nullable=False, server_default="100")
    no = sa.Column("disputed", sa.Boolean(), nullable=False, server_default=sa.false())
    model = sa.Column("model", sa.String(length=200), nullable=False, server_default="")
    for column in (whole, no, model):
        op.add_column("traces", column)
    order = sa.Column("queue_order", sa.String(10), nullable=False, server_default="oldest")
    op.add_column("users", order)
    index = op.create_index
    index("ix_traces_certainty", "traces", ["project_id", "state", "certainty", "id"])
    index("ix_traces_all_certainty", "traces", ["project_id", "certainty", "id"])
    index("ix_traces_model", "traces", ["project_id", "model", "id"])
    index("ix_traces_disputed", "traces", ["project_id", "disputed", "id"])
    _fill(op.get_bind())


def _fill(connection: sa.Connection) -> None:
    hints = _open_hints(connection)
    traces = sa.table("traces", *map(sa.column, ("id", "certainty", "model")))
    change = sa.update(traces).where(traces.c.id == sa.bindparam("trace"))
    change = change.values(certainty=sa.bindparam("sure"), model=sa.bindparam("wrote"))
    rows = [
        {
            "trace": row.trace_id,
            "sure": certainty(row.outcome, (row.grade or {}).get("correct"), hints.get(row.id, [])),
            "wrote": str((row.settings or {}).get("model") or "")[:200],
        }
        for row in _newest(connection)
    ]
    if rows:
        connection.execute(change, rows)


def _newest(connection: sa.Connection) -> list[sa.Row]:
    """The branch of each trace where the work goes on."""
    plain = map(sa.column, ("id", "trace_id", "number", "set_aside", "outcome"))
    branches = sa.table("branches", *plain, sa.column("grade", Json), sa.column("settings", Json))
    later = branches.alias()
    kept = (branches.c.number.is_not(None), sa.not_(branches.c.set_aside))
    overtaken = sa.exists().where(
        later.c.trace_id == branches.c.trace_id,
        later.c.number > branches.c.number,
        sa.not_(later.c.set_aside),
    )
    return list(connection.execute(sa.select(branches).where(*kept, ~overtaken)))


def _open_hints(connection: sa.Connection) -> dict[int, list[OpenHint]]:
    names = map(sa.column, ("branch_id", "state"))
    proposals = sa.table("proposals", *names, sa.column("proposal", Json))
    found: dict[int, list[OpenHint]] = {}
    for row in connection.execute(sa.select(proposals).where(proposals.c.state == "open")):
        hint = OpenHint(confidence=row.proposal.get("confidence"))
        found.setdefault(row.branch_id, []).append(hint)
    return found
