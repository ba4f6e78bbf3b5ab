"""Keep of each closed branch how long its path is, and of each the stage of its model."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any, NamedTuple

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_AT_ONCE = 200
"""Traces whose steps are in memory together."""
_COUNTS = ("code_calls", "hints", "hint_tokens", "path_tokens")


class _Step(NamedTuple):
    """A step as it counts: `tokens` as they were counted or estimated, of so many characters."""

    kind: str
    tokens: int
    characters: int


def upgrade() -> None:
    """To this schema; branches that are closed already are measured once."""
    stage = sa.Column("stage", sa.String(length=4), nullable=False, server_default="base")
    op.add_column("branches", stage)
    for name in _COUNTS:
        op.add_column("branches", sa.Column(name, sa.Integer()))
    told = ("trace_id", "number", "set_aside", "outcome", "stage", *_COUNTS)
    op.create_index("ix_branches_measured", "branches", told)
    connection = op.get_bind()
    values = ", ".join(f"{name} = :{name}" for name in _COUNTS)
    for first, last in _stretches(connection):
        measured = list(_measured(connection, {"first": first, "last": last}))
        if measured:
            connection.execute(sa.text(f"UPDATE branches SET {values} WHERE id = :id"), measured)


def _stretches(connection: sa.Connection) -> Iterator[tuple[int, int]]:
    """The first and last id of some traces after others: never are the steps of all in memory."""
    query = sa.text("SELECT id FROM traces WHERE id > :last ORDER BY id LIMIT :most")
    last = 0
    while ids := connection.execute(query, {"last": last, "most": _AT_ONCE}).scalars().all():
        last = ids[-1]
        yield ids[0], last


def _measured(connection: sa.Connection, traces: dict[str, int]) -> Iterator[dict[str, int]]:
    steps = _steps(connection, traces)
    branches = "SELECT id, trace_id, parent_id, cut_step, cut_offset, outcome FROM branches"
    some = f"{branches} WHERE trace_id BETWEEN :first AND :last ORDER BY trace_id, id"
    rows = connection.execute(sa.text(some), traces).all()
    for _, trace in groupby(rows, lambda row: row.trace_id):
        paths: dict[int, list[_Step]] = {}
        for row in trace:
            kept = _kept(paths.get(row.parent_id, []), row.cut_step or 0, row.cut_offset or 0)
            paths[row.id] = [*kept, *steps.get(row.id, [])]
            if row.outcome is not None:
                yield _counts(paths[row.id]) | {"id": row.id}


def _steps(connection: sa.Connection, traces: dict[str, int]) -> dict[int, list[_Step]]:
    """The steps of each branch; what no tokenizer counted is a token for every four bytes."""
    sqlite = connection.dialect.name == "sqlite"
    size = "length(CAST(text AS BLOB))" if sqlite else "octet_length(text)"
    columns = f"branch_id, kind, tokens, {size} AS bytes, length(text) AS characters"
    found: dict[int, list[_Step]] = {}
    some = "branch_id IN (SELECT id FROM branches WHERE trace_id BETWEEN :first AND :last)"
    query = sa.text(f"SELECT {columns} FROM steps WHERE {some} ORDER BY branch_id, number")
    for row in connection.execute(query, traces):
        tokens = row.tokens if row.tokens is not None else -(-row.bytes // 4)
        found.setdefault(row.branch_id, []).append(_Step(row.kind, tokens, row.characters))
    return found


def _kept(path: list[_Step], step: int, offset: int) -> list[_Step]:
    """What stands before a cut; a step that is cut counts by its share of characters."""
    kept = path[:step]
    if offset and step < len(path):
        cut = path[step]
        tokens = -(-cut.tokens * offset // max(cut.characters, 1))
        kept.append(cut._replace(tokens=tokens, characters=offset))
    return kept


def _counts(path: list[_Step]) -> dict[str, Any]:
    hints = [step for step in path if step.kind == "hint"]
    return {
        "code_calls": sum(step.kind == "code" for step in path),
        "hints": len(hints),
        "hint_tokens": sum(step.tokens for step in hints),
        "path_tokens": sum(step.tokens for step in path if step.kind != "output"),
    }
