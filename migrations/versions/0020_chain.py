"""Chain the events by hashes, say what each came by, and let the database refuse to change them."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from app.db.types import Json, Moment

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_CHANNELS = {"script": "command", "worker": "worker", "policy": "worker"}
_AT_ONCE = 1000
_FIXED = (
    *("id", "project_id", "trace_id", "channel", "verb", "subject", "at"),
    *("name_hash", "data_hash"),
)
_EVENTS = sa.table(
    "events",
    *(sa.column(name) for name in _FIXED if name != "at"),
    sa.column("at", Moment),
    sa.column("actor", Json),
    sa.column("data", Json),
    sa.column("name_salt"),
    sa.column("data_salt"),
)
_LINKS = sa.table("event_links", *(sa.column(name) for name in ("number", "event_id", "hash")))
_HEAD = sa.table("chain_head", *(sa.column(name) for name in ("id", "links", "hash")))


def upgrade() -> None:
    """To this schema; events that are there already become links in the order of their ids."""
    text = sa.String
    for name, size in (("channel", 10), ("name_hash", 64), ("data_hash", 64)):
        column = sa.Column(name, text(length=size), nullable=False, server_default="")
        op.add_column("events", column)
    for name in ("name_salt", "data_salt"):
        op.add_column("events", sa.Column(name, text(length=32)))
    op.create_index("ix_events_project", "events", ["project_id", "id"])
    op.create_index("ix_events_subject", "events", ["subject", "id"])
    op.drop_index("ix_events_project_id", "events")
    op.create_table(
        "event_links",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("hash", text(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_event_links_event_id_events")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_event_links")),
        sa.UniqueConstraint("event_id", name=op.f("uq_event_links_event_id")),
    )
    op.create_table(
        "chain_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("links", sa.Integer(), nullable=False),
        sa.Column("hash", text(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chain_head")),
    )
    connection = op.get_bind()
    count, last = _chain(connection)
    connection.execute(sa.insert(_HEAD).values(id=1, links=count, hash=last))
    for statement in _triggers(connection.dialect.name):
        op.execute(sa.text(statement.replace(":", "\\:")))


def _chain(connection: sa.Connection) -> tuple[int, str]:
    """Seal and link every event; gives how many, and the last hash."""
    count, last = 0, "0" * 64
    for events in _chunks(connection):
        sealed, links = [], []
        for event in events:
            count += 1
            seal = _seal(event)
            last = _link(last, count, event, seal)
            sealed.append(seal | {"key": event.id})
            links.append({"number": count, "event_id": event.id, "hash": last})
        values = {name: sa.bindparam(name) for name in sealed[0] if name != "key"}
        change = sa.update(_EVENTS).where(_EVENTS.c.id == sa.bindparam("key")).values(values)
        connection.execute(change, sealed)
        connection.execute(sa.insert(_LINKS), links)
    return count, last


def _chunks(connection: sa.Connection) -> Iterator[list[Any]]:
    after = 0
    query = sa.select(_EVENTS).order_by(_EVENTS.c.id).limit(_AT_ONCE)
    while events := list(connection.execute(query.where(_EVENTS.c.id > after))):
        yield events
        after = events[-1].id


def _seal(event: Any) -> dict[str, str]:
    name_salt, data_salt = secrets.token_hex(16), secrets.token_hex(16)
    return {
        "channel": _CHANNELS.get(event.actor["kind"], ""),
        "name_salt": name_salt,
        "name_hash": _salted(name_salt, event.actor["name"]),
        "data_salt": data_salt,
        "data_hash": _salted(data_salt, event.data),
    }


def _link(before: str, number: int, event: Any, seal: dict[str, str]) -> str:
    facts = {name: getattr(event, name) for name in _FIXED if name != "at"}
    facts |= {name: seal[name] for name in ("channel", "name_hash", "data_hash")}
    facts |= {
        "at": event.at.isoformat(),
        "actor": {name: value for name, value in event.actor.items() if name != "name"},
    }
    return hashlib.sha256(_canonical([before, number, facts])).hexdigest()


def _salted(salt: str, content: Any) -> str:
    return hmac.digest(salt.encode(), _canonical(content), "sha256").hex()


def _canonical(value: Any) -> bytes:
    return json.dumps(_whole(value), sort_keys=True, separators=(",", ":")).encode()


def _whole(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_whole(each) for each in value]
    if isinstance(value, dict):
        return {name: _whole(each) for name, each in value.items()}
    return value


def _triggers(dialect: str) -> Iterator[str]:
    """Refuse to change or delete; a name or the data may go together with its salt."""
    differs = "IS NOT" if dialect == "sqlite" else "IS DISTINCT FROM"
    others = "json_remove({}.actor, '$.name')" if dialect == "sqlite" else "({}.actor - 'name')"
    changed = [f"NEW.{name} {differs} OLD.{name}" for name in _FIXED]
    changed.append(f"{others.format('NEW')} {differs} {others.format('OLD')}")
    for content, salt in (("actor", "name_salt"), ("data", "data_salt")):
        both = f"NEW.{content} {differs} OLD.{content} OR NEW.{salt} {differs} OLD.{salt}"
        changed.append(f"(NEW.{salt} IS NOT NULL AND ({both}))")
    guarded = {
        ("events", "UPDATE"): " OR ".join(changed),
        ("events", "DELETE"): "",
        ("event_links", "UPDATE"): "",
        ("event_links", "DELETE"): "",
        ("chain_head", "DELETE"): "",
    }
    if dialect == "sqlite":
        for (table, deed), when in guarded.items():
            yield _sqlite_trigger(table, deed, when)
        return
    yield (
        "CREATE FUNCTION refuse_to_change_history() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " RAISE EXCEPTION '% is appended to, never changed', TG_TABLE_NAME; END $$"
    )
    for (table, deed), when in guarded.items():
        yield _postgresql_trigger(table, deed, "ROW", when)
    for table in ("events", "event_links", "chain_head"):
        yield _postgresql_trigger(table, "TRUNCATE", "STATEMENT", "")


def _sqlite_trigger(table: str, deed: str, when: str) -> str:
    condition = f" WHEN {when}" if when else ""
    return (
        f"CREATE TRIGGER {table}_no_{deed.lower()} BEFORE {deed} ON {table}{condition} BEGIN"
        f" SELECT RAISE(ABORT, '{table} is appended to, never changed'); END"
    )


def _postgresql_trigger(table: str, deed: str, level: str, when: str) -> str:
    condition = f" WHEN ({when})" if when else ""
    return (
        f"CREATE TRIGGER {table}_no_{deed.lower()} BEFORE {deed} ON {table}"
        f" FOR EACH {level}{condition} EXECUTE FUNCTION refuse_to_change_history()"
    )
