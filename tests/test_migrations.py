"""The migrations make exactly the tables that `app/db/tables.py` describes, on both engines."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command

from app.db.migrate import config_for, upgrade
from app.db.session import make_engine
from app.db.types import Json, Moment, now
from tests.conftest import postgresql_database


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without a schema, on each engine in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'calm.db'}"
        return
    with postgresql_database(request.getfixturevalue("postgresql_server")) as url:
        yield url


def test_migrations_and_tables_agree(database_url: str) -> None:
    command.check(config_for(database_url))


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    upgrade(database_url)
    command.check(config_for(database_url))


def test_what_a_reasoner_was_told_moves_to_the_prompts(empty_database_url: str) -> None:
    command.upgrade(config_for(empty_database_url), "0004")
    engine = make_engine(empty_database_url)
    names = ("taxonomy", "reasoner", "intervener", "limits", "prices")
    projects = sa.table(
        "projects",
        *(sa.column(name) for name in ("id", "slug", "name", "guidelines")),
        sa.column("created_at", Moment),
        *(sa.column(name, Json) for name in (*names, "prompts")),
    )
    row = {name: {} for name in names} | {"guidelines": "", "created_at": now()}
    told = {"name": "openai", "model": "m", "system": "Think in rows."}
    with engine.begin() as connection:
        for at, reasoner in enumerate((told, {"name": "scripted"})):
            values = row | {"slug": f"p{at}", "name": "P", "reasoner": reasoner}
            connection.execute(sa.insert(projects).values(**values))
    upgrade(empty_database_url)
    with engine.connect() as connection:
        found = connection.execute(sa.select(projects).order_by(projects.c.id)).all()
    engine.dispose()
    assert [one.prompts for one in found] == [{"reasoner": "Think in rows."}, {}]
    assert found[0].reasoner == {"name": "openai", "model": "m"}
