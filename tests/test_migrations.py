"""The migrations make exactly the tables that `app/db/tables.py` describes, on both engines."""

from alembic import command

from app.db.migrate import config_for, upgrade


def test_migrations_and_tables_agree(database_url: str) -> None:
    command.check(config_for(database_url))


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    upgrade(database_url)
    command.check(config_for(database_url))
