"""Keep on a trace what the queue sorts and filters by, and the order that a person chose."""

import sqlalchemy as sa
from alembic import op

from app.db.types import Json

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_FAILURES = frozenset(
    {"empty_reply", "no_recording", "spending_cap", "model_error", "sandbox_error", "cancelled"}
)


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
            "sure": _certainty(row, hints.get(row.id, [])),
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


def _certainty(branch: sa.Row, confidences: list[float | None]) -> int:
    """What the queue's rule said when this migration was written, of hints that nobody tried."""
    correct = (branch.grade or {}).get("correct")
    if branch.outcome is None or branch.outcome in _FAILURES:
        return 100
    if not confidences:
        return 100 if correct else 0
    doubts = [1.0 if each is None else 1 - abs(2 * each - 1) for each in confidences]
    return round(100 * (1 - max([*doubts, 0.5 if correct else 0])))


def _open_hints(connection: sa.Connection) -> dict[int, list[float | None]]:
    """The confidence of each open hint, by branch."""
    names = map(sa.column, ("branch_id", "state"))
    proposals = sa.table("proposals", *names, sa.column("proposal", Json))
    found: dict[int, list[float | None]] = {}
    for row in connection.execute(sa.select(proposals).where(proposals.c.state == "open")):
        found.setdefault(row.branch_id, []).append(row.proposal.get("confidence"))
    return found
